//! Numbers that every pseudo-cohort of a study has, since its file gives them as they are: rows,
//! counts of labels, events of clocks.

use super::condition::Combinations;
use super::problem::labels;
use super::spec::{Block, Clock};
use crate::convention::TimeZero;
use crate::formula::{Expr, Formula, Missing};
use crate::reconstruct::pseudo::{Label, LabelKind};
use crate::reproduce::study::Study;

impl Study {
    /// What settles how many rows meet all conditions; none where the search may change it.
    pub(in crate::reproduce) fn settled(
        &self,
        block: Option<&str>,
        conditions: &[&Expr],
    ) -> Option<String> {
        let blocks = self.blocks(block)?;
        let settled = blocks.into_iter().map(|own| self.settled_in(own, conditions));
        settled.collect::<Option<Vec<_>>>()?.pop()
    }

    /// What settles the rows of an endpoint.
    pub(in crate::reproduce) fn settled_rows(
        &self,
        block: Option<&str>,
        endpoint: &Formula,
        rows: Option<&Expr>,
    ) -> Option<String> {
        let mut conditions: Vec<&Expr> = rows.into_iter().collect();
        for own in self.blocks(block)? {
            let clock = clock(own, endpoint)?;
            // Who lacks a time may be anybody.
            let anybody = clock.without > 0 && (rows.is_some() || clock.members.is_some());
            if anybody || self.conventions().time_zero == TimeZero::Dropped {
                return None;
            }
            conditions.extend(clock.members.as_ref());
        }
        self.settled(block, &conditions)
    }

    /// What settles the events of an endpoint.
    pub(in crate::reproduce) fn settled_events(
        &self,
        block: Option<&str>,
        endpoint: &Formula,
    ) -> Option<String> {
        let events = |own: &Block| clock(own, endpoint)?.events.map(|_| ());
        self.blocks(block)?.into_iter().map(events).collect::<Option<Vec<_>>>()?;
        Some("the events of the clock, which the file gives".to_owned())
    }

    /// What settles the rows of a model: nobody lacks what it needs.
    pub(in crate::reproduce) fn settled_model(&self, model: usize) -> Option<String> {
        let own = &self.models()[model];
        let block = own.block.as_deref();
        let lacking = self.fewest_known(model).is_some_and(|(_, known, rows)| known < rows);
        if lacking || own.missing != Missing::Complete {
            return None;
        }
        self.settled_rows(block, &own.formula, own.rows.as_ref())
    }

    fn blocks(&self, name: Option<&str>) -> Option<Vec<&Block>> {
        let blocks = self.pseudo()?.blocks.iter();
        let here: Vec<&Block> =
            blocks.filter(|own| name.is_none_or(|name| name == own.name)).collect();
        (!here.is_empty()).then_some(here)
    }

    fn settled_in(&self, block: &Block, conditions: &[&Expr]) -> Option<String> {
        let labels = labels(block);
        let columns: Vec<String> = conditions.iter().flat_map(|own| own.columns()).collect();
        let all = Combinations::new(self.plan(), &labels, &columns).ok()?;
        let mut holds = vec![true; all.table().rows()];
        for condition in conditions {
            let own = condition.holds(all.table(), &mut Vec::new()).ok()?;
            holds.iter_mut().zip(own).for_each(|(all, own)| *all &= own == 1);
        }
        match all.labels() {
            [] => Some("the number of rows, which the file gives".to_owned()),
            [(_, label)] => is_counted(label, &holds)
                .then(|| format!("the counts of {}, which the file gives", label.name)),
            _ => None,
        }
    }
}

/// The clock of an endpoint.
fn clock<'b>(block: &'b Block, endpoint: &Formula) -> Option<&'b Clock> {
    let columns = endpoint.columns();
    block.clocks.iter().find(|own| columns.contains(&own.time) && columns.contains(&own.status))
}

/// Whether the counts of a label settle how many rows have the values marked: levels always do,
/// whole numbers where every band is marked as a whole, and what is outside of all.
fn is_counted(label: &Label, holds: &[bool]) -> bool {
    let LabelKind::Whole { min, max, bands, .. } = &label.kind else { return true };
    let mut marks: Vec<Option<bool>> = vec![None; bands.len() + 1];
    (*min..=*max).zip(holds).all(|(value, &own)| {
        let mut within =
            (0..bands.len()).filter(|&at| (bands[at].low..=bands[at].high).contains(&value));
        let (band, other) = (within.next().unwrap_or(bands.len()), within.next());
        other.is_none() && *marks[band].get_or_insert(own) == own
    })
}
