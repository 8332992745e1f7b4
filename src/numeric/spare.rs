//! Vectors that are used again: memory fresh from the system costs more than the sums it is for.

use std::sync::Mutex;

/// Vectors that nobody needs at present.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Vec<Vec<f64>>>);

/// Shorter ones are not worth keeping.
const SHORT: usize = 1 << 13;

impl Spare {
    /// So many numbers, whatever they are.
    pub(crate) fn any(&self, len: usize) -> Vec<f64> {
        let Some(mut own) = self.smallest(len) else { return vec![0.0; len] };
        own.resize(len, 0.0);
        own
    }

    /// The smallest that is large enough.
    fn smallest(&self, len: usize) -> Option<Vec<f64>> {
        let mut kept = self.kept();
        let enough = kept.iter().enumerate().filter(|(_, own)| own.capacity() >= len);
        let (at, _) = enough.min_by_key(|(_, own)| own.capacity())?;
        Some(kept.swap_remove(at))
    }

    /// Keeps a vector.
    pub(crate) fn keep(&self, own: Vec<f64>) {
        if own.len() >= SHORT {
            self.kept().push(own);
        }
    }

    /// Gives the memory back.
    pub(crate) fn clear(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Vec<f64>>> {
        // What a thread left that failed is as good as any.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_with_the_length_asked_for() {
        let spare = Spare::default();
        for len in [SHORT, 3 * SHORT, SHORT + 1, 5] {
            spare.keep(vec![1.0; 2 * SHORT]);
            assert_eq!(spare.any(len).len(), len);
        }
        // Only what was too short is left.
        assert_eq!(spare.kept().len(), 1);
        spare.clear();
        spare.keep(vec![1.0; 5]);
        assert!(spare.kept().is_empty());
        spare.keep(vec![1.0; SHORT]);
        spare.clear();
        assert!(spare.kept().is_empty());
    }
}
