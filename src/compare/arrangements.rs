//! The ways to deal the labels of groups out to the subjects of each stratum.

use crate::cohort::Groups;

/// The rows of every stratum and how many of them each group has.
pub(super) struct Arrangements {
    strata: Vec<Stratum>,
}

struct Stratum {
    rows: Vec<u32>,
    /// Group codes of the rows, in order.
    hand: Vec<u32>,
    sizes: Vec<u64>,
}

impl Arrangements {
    pub(super) fn new(strata: &Groups, groups: &Groups) -> Self {
        let empty = || Stratum { rows: Vec::new(), hand: Vec::new(), sizes: vec![0; groups.len()] };
        let mut dealt: Vec<Stratum> = (0..strata.len()).map(|_| empty()).collect();
        for (row, &code) in groups.codes().iter().enumerate() {
            let stratum = &mut dealt[strata.code(row) as usize];
            stratum.rows.push(row as u32);
            stratum.hand.push(code);
            stratum.sizes[code as usize] += 1;
        }
        Self { strata: dealt }
    }

    /// How many distinct arrangements there are; `None` when more than `limit`.
    pub(super) fn total(&self, limit: u64) -> Option<u64> {
        let times = |total: u64, stratum: &Stratum| {
            let own = multinomial(&stratum.sizes, limit)?;
            total.checked_mul(own).filter(|&total| total <= limit)
        };
        self.strata.iter().try_fold(1, times)
    }

    /// Writes arrangement `index` of [`total`](Self::total), in lexicographic order, the first
    /// stratum changing fastest.
    pub(super) fn deal(&self, codes: &mut [u32], mut index: u64) {
        for stratum in &self.strata {
            let own = multinomial(&stratum.sizes, u64::MAX).unwrap_or(u64::MAX);
            stratum.deal(codes, index % own, own);
            index /= own;
        }
    }

    /// Writes the labels of each stratum in an order that `shuffle` makes of the original one.
    pub(super) fn deal_shuffled(&self, codes: &mut [u32], mut shuffle: impl FnMut(&mut [u32])) {
        for stratum in &self.strata {
            let mut hand = stratum.hand.clone();
            shuffle(&mut hand);
            stratum.rows.iter().zip(hand).for_each(|(&row, code)| codes[row as usize] = code);
        }
    }
}

impl Stratum {
    /// Of the `ways` to go on, a share sizes[g]/left begins with group g.
    fn deal(&self, codes: &mut [u32], mut index: u64, mut ways: u64) {
        let mut sizes = self.sizes.clone();
        for (at, &row) in self.rows.iter().enumerate() {
            let left = (self.rows.len() - at) as u128;
            for (group, size) in sizes.iter_mut().enumerate() {
                let share = (u128::from(ways) * u128::from(*size) / left) as u64;
                if index < share {
                    (codes[row as usize], ways) = (group as u32, share);
                    *size -= 1;
                    break;
                }
                index -= share;
            }
        }
    }
}

/// (Σ sizes)!/Π sizes!, as a product of binomial coefficients; `None` beyond `limit`.
fn multinomial(sizes: &[u64], limit: u64) -> Option<u64> {
    let (mut total, mut n) = (1u128, 0u128);
    for &size in sizes {
        for k in 1..=u128::from(size) {
            n += 1;
            // Multiplied by C(n, k)/C(n − 1, k − 1) = n/k, the product stays whole.
            total = total.checked_mul(n)? / k;
            if total > u128::from(limit) {
                return None;
            }
        }
    }
    Some(total as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::Factor;
    use crate::table::Category;

    fn groups(codes: &[u32]) -> Groups {
        let levels = (0..3).map(|level| level.to_string()).collect::<Vec<_>>().into();
        let category = Category { codes: codes.to_vec(), levels };
        Groups::cross(vec![Factor { name: "g".into(), category }])
    }

    #[test]
    fn counts_are_multinomial() {
        assert_eq!(multinomial(&[3, 3], 100), Some(20));
        assert_eq!(multinomial(&[2, 1, 3], 100), Some(60));
        assert_eq!(multinomial(&[3, 3], 19), None);
        assert_eq!(multinomial(&[34, 34], u64::MAX), None);
        assert_eq!(multinomial(&[33, 33], u64::MAX), Some(7_219_428_434_016_265_740));
    }

    #[test]
    fn every_arrangement_is_dealt_once_and_keeps_the_sizes() {
        let strata = groups(&[0, 1, 0, 1, 1, 0]);
        let own = [0, 0, 1, 1, 2, 1];
        let deck = Arrangements::new(&strata, &groups(&own));
        // Stratum 0 holds 0 1 1, stratum 1 holds 0 1 2: 3·6 ways.
        assert_eq!(deck.total(18), Some(18));
        assert_eq!(deck.total(17), None);
        let mut seen: Vec<[u32; 6]> = (0..18)
            .map(|index| {
                let mut codes = [9; 6];
                deck.deal(&mut codes, index);
                codes
            })
            .collect();
        let sorted = |codes: &[u32; 6], rows: [usize; 3]| {
            let mut hand = rows.map(|row| codes[row]);
            hand.sort_unstable();
            hand
        };
        for codes in &seen {
            assert_eq!(sorted(codes, [0, 2, 5]), [0, 1, 1]);
            assert_eq!(sorted(codes, [1, 3, 4]), [0, 1, 2]);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 18);
    }

    #[test]
    fn shuffling_stays_within_the_stratum() {
        let deck = Arrangements::new(&groups(&[0, 0, 1, 1]), &groups(&[0, 1, 2, 2]));
        let mut codes = [9; 4];
        deck.deal_shuffled(&mut codes, <[u32]>::reverse);
        assert_eq!(codes, [1, 0, 2, 2]);
    }
}
