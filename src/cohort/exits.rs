//! Exit times of rows, as ranks or as an order, whichever was found first.

use std::sync::OnceLock;

use crate::numeric::sort::Order;

/// Exit ranks; when the times had to be sorted, the order is kept and ranks are written only when
/// somebody asks for them.
#[derive(Debug, Clone)]
pub(super) struct Exits {
    order: Option<Order>,
    ranks: OnceLock<Vec<u32>>,
}

impl Exits {
    pub(super) fn from_ranks(ranks: Vec<u32>) -> Self {
        Self { order: None, ranks: OnceLock::from(ranks) }
    }

    pub(super) fn from_order(order: Order) -> Self {
        Self { order: Some(order), ranks: OnceLock::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.order.as_ref().map_or_else(|| self.ranks().len(), Order::len)
    }

    pub(super) fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }

    pub(super) fn ranks(&self) -> &[u32] {
        let write = || self.order.as_ref().map(Order::ranks).unwrap_or_default();
        self.ranks.get_or_init(write)
    }
}
