//! Wald's p against the printed ratios and limits of the same coefficients.

use super::Argument;
use crate::published::{Printed, PrintedEstimate};
use crate::reproduce::check::{Severity, WaldRange, joint_wald_p, overlap, truncated, wald_range};
use crate::reproduce::study::{Figure, Statistic, Study};

/// A figure with a printed ratio and its limits, and the Wald statistics that these allow.
pub(in crate::reproduce) struct Ratio<'s> {
    pub(in crate::reproduce) figure: &'s Figure,
    pub(in crate::reproduce) printed: &'s PrintedEstimate,
    pub(in crate::reproduce) range: WaldRange,
}

impl Study {
    /// The printed ratios with limits of the coefficients that a p is about.
    pub(in crate::reproduce) fn ratios_of<'s>(&'s self, p: &Figure) -> Vec<Ratio<'s>> {
        let Some(Statistic::TermP { model, term, level, .. }) = &p.statistic else {
            return Vec::new();
        };
        let same = |own: &&Figure| match &own.statistic {
            _ if !p.contrasts.is_empty() => p.contrasts.contains(&own.id),
            Some(Statistic::HazardRatio { model: other, term: name, level: of }) => {
                other == model && name == term && (level.is_none() || of == level)
            }
            _ => false,
        };
        let ratio = |figure: &'s Figure| {
            let printed = figure.published.estimate()?;
            let limits = printed.limits.as_ref()?;
            let range = wald_range(&printed.estimate, (&limits.0, &limits.1), self.conf_level())?;
            Some(Ratio { figure, printed, range })
        };
        self.figures().iter().filter(same).filter_map(ratio).collect()
    }

    /// Wald's p against the ratios of its coefficients.
    pub(super) fn against_p(&self, figure: &Figure) -> Option<Argument> {
        let Some(Statistic::TermP { level, likelihood_ratio: false, .. }) = &figure.statistic
        else {
            return None;
        };
        let p = &figure.published.estimate()?.estimate;
        let ratios = self.ratios_of(figure);
        if let Some(df) = figure.df.filter(|&df| df > 1) {
            return self.against_joint(figure, p, (&ratios, df));
        }
        let own = |ratio: &&Ratio<'_>| match &ratio.figure.statistic {
            Some(Statistic::HazardRatio { level: of, .. }) => of == level,
            _ => true,
        };
        let against = ratios.iter().filter(own);
        let against = against.filter_map(|ratio| self.against_one(figure, p, ratio));
        against
            .reduce(|first, next| if next.is_proof() && !first.is_proof() { next } else { first })
    }

    /// The joint test of a factor is no smaller than that of one contrast.
    fn against_joint(
        &self,
        figure: &Figure,
        p: &Printed,
        (ratios, df): (&[Ratio<'_>], usize),
    ) -> Option<Argument> {
        let least = |own: &Ratio<'_>| own.range.chi_squared.0;
        let own = ratios.iter().max_by(|a, b| least(a).total_cmp(&least(b)))?;
        let most = joint_wald_p(least(own), df);
        if p.bounds()?.0 <= most {
            return None;
        }
        let sentence = format!(
            "{} ({}) alone has a Wald statistic of at least {:.2}; the joint test of the factor is no \
             smaller, so on {df} degrees of freedom p is at most {most:.4}, not {p}{}",
            own.figure.id,
            own.printed,
            least(own),
            self.wald_words()
        );
        Some(match self.prints_wald(figure) {
            true => Argument::proof(sentence, &[own.figure]),
            false => {
                let sentence = format!("{sentence}; possible with a likelihood-ratio test");
                Argument::new(Severity::Warning, "factor-p-too-large", (sentence, &[own.figure]))
            }
        })
    }

    /// The p of one coefficient is a function of its ratio and limits.
    fn against_one(&self, figure: &Figure, p: &Printed, own: &Ratio<'_>) -> Option<Argument> {
        let (low, high) = p.bounds()?;
        let (smallest, largest) = own.range.p(1);
        if low <= largest && high >= smallest {
            return None;
        }
        let sentence = format!(
            "{} ({}) has a Wald p between {smallest:.4} and {largest:.4}, over all values that round \
             to it; {p} is none of these",
            own.figure.id, own.printed
        );
        let cut = truncated(p).is_some_and(|cut| overlap(cut, (smallest, largest)));
        let proof = |reading: &str| Argument::proof(format!("{sentence}{reading}"), &[own.figure]);
        let doubt = |severity, reading: &str| {
            let sentence = format!("{sentence}{reading}");
            Argument::new(severity, "p-against-interval", (sentence, &[own.figure]))
        };
        Some(match (cut, self.package(), self.prints_wald(figure)) {
            (true, Some(package), _) => proof(&format!(
                ", rounded, as {} prints; {p} would need digits cut off",
                package.title()
            )),
            (false, _, true) => proof(&self.wald_words()),
            (true, ..) => doubt(Severity::Rounding, "; cut off instead of rounded it would fit"),
            (false, _, false) => {
                doubt(Severity::Warning, "; or p is of another test (log-rank, likelihood ratio)")
            }
        })
    }

    /// The package that is known to print Wald's p, in brackets.
    fn wald_words(&self) -> String {
        let words =
            |own: crate::convention::Dialect| format!(" (Wald's test, as {} prints)", own.title());
        self.package().map_or_else(String::new, words)
    }

    /// Whether a p is known to be Wald's: the file says so, or names a package that prints it.
    fn prints_wald(&self, figure: &Figure) -> bool {
        let named = matches!(figure.statistic, Some(Statistic::TermP { named: true, .. }));
        named || self.package().is_some()
    }
}
