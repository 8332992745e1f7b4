//! What methods rest on.

use std::fmt;

/// Stand around the number of a source until all are numbered; texts of users hold neither.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// Publications by name, with how a list of references has them.
macro_rules! sources {
    ($($name:ident: $text:literal)*) => {
        /// A publication or standard; shows itself as a mark that [`numbered`] makes a number of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::report) enum Source {
            $($name),*
        }

        /// As a list of references has them, in the order of [`Source`].
        const TEXTS: &[&str] = &[$($text),*];
    };
}

sources! {
    KaplanMeier: "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457–481. doi:10.1080/01621459.1958.10501452"
    Greenwood: "Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects 33. London: HMSO; 1926"
    LinWei: "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. J Am Stat Assoc 1989;84:1074–1078. doi:10.1080/01621459.1989.10478874"
    BorganLiestol: "Borgan Ø, Liestøl K. A note on confidence intervals and bands for the survival function based on transformations. Scand J Stat 1990;17:35–41"
    Kalbfleisch: "Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data. New York: Wiley; 1980"
    Fay: "Fay MP, Brittain EH, Proschan MA. Pointwise confidence intervals for a survival distribution with small samples or heavy censoring. Biostatistics 2013;14:723–736. doi:10.1093/biostatistics/kxt016"
    BrookmeyerCrowley: "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29–41. doi:10.2307/2530286"
    RoystonParmar: "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio for the design and analysis of randomized trials with a time-to-event outcome. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152"
    Uno2014: "Uno H, Claggett B, Tian L, et al. Moving beyond the hazard ratio in quantifying the between-group difference in survival analysis. J Clin Oncol 2014;32:2380–2385. doi:10.1200/JCO.2014.55.2208"
    HallWellner: "Hall WJ, Wellner JA. Confidence bands for a survival curve from censored data. Biometrika 1980;67:133–143. doi:10.1093/biomet/67.1.133"
    Nair: "Nair VN. Confidence bands for survival functions with censored data: a comparative study. Technometrics 1984;26:265–275"
    Efron1981: "Efron B. Censored data and the bootstrap. J Am Stat Assoc 1981;76:312–319"
    SchemperSmith: "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control Clin Trials 1996;17:343–346. doi:10.1016/0197-2456(96)00075-X"
    Anderson: "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol 1983;1:710–719"
    Mantel: "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer Chemother Rep 1966;50:163–170"
    Gehan: "Gehan EA. A generalized Wilcoxon test for comparing arbitrarily singly-censored samples. Biometrika 1965;52:203–223. doi:10.1093/biomet/52.1-2.203"
    TaroneWare: "Tarone RE, Ware J. On distribution-free tests for equality of survival distributions. Biometrika 1977;64:156–160. doi:10.1093/biomet/64.1.156"
    PetoPeto: "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat Soc A 1972;135:185–207. doi:10.2307/2344317"
    FlemingHarrington: "Fleming TR, Harrington DP. Counting processes and survival analysis. New York: Wiley; 1991. doi:10.1002/9781118150672"
    MaxCombo: "Lin RS, Lin J, Roychoudhury S, et al. Alternative analysis methods for time to event endpoints under nonproportional hazards: a comparative analysis. Stat Biopharm Res 2020;12:187–198. doi:10.1080/19466315.2019.1697738"
    Tarone: "Tarone RE. Tests for trend in life table analysis. Biometrika 1975;62:679–682. doi:10.1093/biomet/62.3.679"
    Holm: "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65–70"
    BenjaminiHochberg: "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to multiple testing. J R Stat Soc B 1995;57:289–300. doi:10.1111/j.2517-6161.1995.tb02031.x"
    Cox: "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187–220. doi:10.1111/j.2517-6161.1972.tb00899.x"
    Efron1977: "Efron B. The efficiency of Cox’s likelihood function for censored data. J Am Stat Assoc 1977;72:557–565. doi:10.1080/01621459.1977.10480613"
    Breslow: "Breslow NE. Discussion of Professor Cox’s paper. J R Stat Soc B 1972;34:216–217"
    Gail: "Gail MH, Lubin JH, Rubinstein LV. Likelihood calculations for matched case-control studies and survival studies with tied death times. Biometrika 1981;68:703–707. doi:10.1093/biomet/68.3.703"
    Venzon: "Venzon DJ, Moolgavkar SH. A method for computing profile-likelihood-based confidence intervals. Appl Stat 1988;37:87–94. doi:10.2307/2347496"
    Firth: "Firth D. Bias reduction of maximum likelihood estimates. Biometrika 1993;80:27–38. doi:10.1093/biomet/80.1.27"
    Heinze: "Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox regression. Biometrics 2001;57:114–119. doi:10.1111/j.0006-341X.2001.00114.x"
    Grambsch: "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. Biometrika 1994;81:515–526. doi:10.1093/biomet/81.3.515"
    Harrell: "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models: issues in developing models, evaluating assumptions and adequacy, and measuring and reducing errors. Stat Med 1996;15:361–387. doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4"
    Tsiatis: "Tsiatis AA. A large sample study of Cox’s regression model. Ann Stat 1981;9:93–108. doi:10.1214/aos/1176345335"
    Makuch: "Makuch RW. Adjusted survival curve estimation using covariates. J Chronic Dis 1982;35:437–443. doi:10.1016/0021-9681(82)90058-3"
    Uno2011: "Uno H, Cai T, Pencina MJ, D’Agostino RB, Wei LJ. On the C-statistics for evaluating overall adequacy of risk prediction procedures with censored survival data. Stat Med 2011;30:1105–1117. doi:10.1002/sim.4154"
    Graf: "Graf E, Schmoor C, Sauerbrei W, Schumacher M. Assessment and comparison of prognostic classification schemes for survival data. Stat Med 1999;18:2529–2545. doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5"
    Simon: "Simon N, Friedman J, Hastie T, Tibshirani R. Regularization paths for Cox’s proportional hazards model via coordinate descent. J Stat Softw 2011;39(5):1–13. doi:10.18637/jss.v039.i05"
    Verweij: "Verweij PJM, van Houwelingen HC. Cross-validation in survival analysis. Stat Med 1993;12:2305–2314. doi:10.1002/sim.4780122407"
    HyndmanFan: "Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361–365. doi:10.1080/00031305.1996.10473566"
    Wilcoxon: "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80–83. doi:10.2307/3001968"
    MannWhitney: "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the other. Ann Math Stat 1947;18:50–60. doi:10.1214/aoms/1177730491"
    KruskalWallis: "Kruskal WH, Wallis WA. Use of ranks in one-criterion variance analysis. J Am Stat Assoc 1952;47:583–621. doi:10.1080/01621459.1952.10483441"
    Welch: "Welch BL. The generalization of ‘Student’s’ problem when several different population variances are involved. Biometrika 1947;34:28–35. doi:10.1093/biomet/34.1-2.28"
    FreemanHalton: "Freeman GH, Halton JH. Note on an exact treatment of contingency, goodness of fit and other problems of significance. Biometrika 1951;38:141–149. doi:10.1093/biomet/38.1-2.141"
    Austin: "Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between treatment groups in propensity-score matched samples. Stat Med 2009;28:3083–3107. doi:10.1002/sim.3697"
    Recist: "Eisenhauer EA, Therasse P, Bogaerts J, et al. New response evaluation criteria in solid tumours: revised RECIST guideline (version 1.1). Eur J Cancer 2009;45:228–247. doi:10.1016/j.ejca.2008.10.026"
    ClopperPearson: "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the binomial. Biometrika 1934;26:404–413. doi:10.1093/biomet/26.4.404"
    Wilson: "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209–212. doi:10.1080/01621459.1927.10502953"
    Newcombe: "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven methods. Stat Med 1998;17:873–890. doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I"
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{CLOSE}", *self as usize)
    }
}

/// Numbers the sources in the order in which texts name them.
pub(super) fn numbered(texts: Vec<String>) -> (Vec<String>, Vec<&'static str>) {
    let mut named: Vec<usize> = Vec::new();
    let mut number = |source: usize| {
        let at = named.iter().position(|&own| own == source);
        at.unwrap_or_else(|| {
            named.push(source);
            named.len() - 1
        }) + 1
    };
    let mut text = |text: String| -> String {
        let mut pieces = text.split(OPEN);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |done, piece| match piece.split_once(CLOSE) {
            Some((source, rest)) => match source.parse() {
                Ok(source) => format!("{done}[{}]{rest}", number(source)),
                Err(_) => done + source + rest,
            },
            None => done + piece,
        })
    };
    let texts = texts.into_iter().map(|own| text(own).replace("][", ", ")).collect();
    (texts, named.iter().filter_map(|&at| TEXTS.get(at).copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_says_who_and_when() {
        for text in TEXTS {
            let mut numbers = text.split(|c: char| !c.is_ascii_digit());
            assert!(numbers.any(|own| own.len() == 4) && text.contains(". "), "{text}");
        }
    }

    /// DOIs that are made of year, volume or page agree with the reference that they stand in.
    #[test]
    fn dois_say_what_their_references_say() {
        for text in TEXTS.iter().filter(|own| own.contains(" doi:")) {
            let (reference, doi) = text.rsplit_once(" doi:").unwrap();
            let numbers = |own: &str| -> Vec<String> {
                let own = own.split(|c: char| !c.is_ascii_digit()).filter(|own| !own.is_empty());
                own.map(str::to_owned).collect()
            };
            let end = &reference[reference.rfind(". ").unwrap()..];
            let (end, parts) = (numbers(end), numbers(doi));
            let year = end.iter().find(|own| own.len() == 4).unwrap();
            if doi.starts_with("10.1093/biomet/") {
                let [volume, page] = [&parts[2], &parts[parts.len() - 1]];
                assert!(end.contains(volume) && end.contains(page), "{text}");
            }
            if doi.starts_with("10.1080/01621459.") || doi.starts_with("10.1111/j.2517-6161.") {
                assert!(parts.contains(year), "{text}");
            }
        }
    }

    #[test]
    fn numbers_follow_the_text() {
        let texts =
            vec![format!("a {}, b {}", Source::Cox, Source::Mantel), Source::Cox.to_string()];
        let (texts, sources) = numbered(texts);
        assert_eq!(texts, ["a [1], b [2]", "[1]"]);
        assert_eq!(sources, [Source::Cox, Source::Mantel].map(|own| TEXTS[own as usize]));
    }
}
