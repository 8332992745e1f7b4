//! Words in names of columns, in the languages of the hospitals that write them.

/// A name's words in small letters without accents, cut at signs, capitals and digits.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = !before.is_alphanumeric()
            || (before.is_lowercase() && c.is_uppercase())
            || before.is_ascii_digit() != c.is_ascii_digit();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push_str(&plain(c));
        }
        before = c;
    }
    words
}

/// A character in small letters without its accent.
pub(super) fn plain(c: char) -> String {
    let lower: String = c.to_lowercase().collect();
    let without = match lower.as_str() {
        "ä" | "à" | "á" | "â" | "ã" | "å" => "a",
        "ç" | "č" | "ć" => "c",
        "è" | "é" | "ê" | "ë" => "e",
        "ì" | "í" | "î" | "ï" => "i",
        "ñ" => "n",
        "ö" | "ò" | "ó" | "ô" | "õ" | "ø" => "o",
        "š" | "ś" => "s",
        "ü" | "ù" | "ú" | "û" => "u",
        "ý" | "ÿ" => "y",
        "ž" | "ź" => "z",
        "ß" => "ss",
        "æ" => "ae",
        "œ" => "oe",
        other => return other.to_owned(),
    };
    without.to_owned()
}

/// Words that say what a column is: whole words, and stems of longer ones.
pub(super) struct Vocabulary {
    pub(super) whole: &'static [&'static str],
    pub(super) stems: &'static [&'static str],
}

impl Vocabulary {
    /// The first word of a name that is among them.
    pub(super) fn find<'w>(&self, words: &'w [String]) -> Option<&'w str> {
        let is = |word: &&String| {
            self.whole.contains(&word.as_str()) || self.stems.iter().any(|stem| word.contains(stem))
        };
        words.iter().find(is).map(String::as_str)
    }
}

pub(super) const ID: Vocabulary = Vocabulary {
    whole: &[
        "id",
        "pid",
        "patid",
        "patnr",
        "patno",
        "subject",
        "subjid",
        "usubjid",
        "patient",
        "case",
        "caseid",
        "fallnr",
        "fallnummer",
        "mrn",
        "pseudonym",
        "seqno",
        "obs",
        "pasient",
        "pasientnr",
        "lopenr",
        "dossier",
        "record",
        "recordid",
        "studyid",
        "idnr",
        "nip",
    ],
    stems: &["patientid", "patientennummer", "subjectid", "patientnum"],
};

pub(super) const GROUP: Vocabulary = Vocabulary {
    whole: &[
        "arm",
        "trt",
        "rx",
        "treat",
        "treatment",
        "regimen",
        "group",
        "gruppe",
        "groupe",
        "therapy",
        "therapie",
        "bras",
        "traitement",
        "actarm",
        "gruppa",
        "trtp",
        "behandling",
    ],
    stems: &["behandlung", "studienarm", "therapiearm"],
};

pub(super) const BIRTH: Vocabulary = Vocabulary {
    whole: &["birth", "dob", "born", "geb", "gebdat", "naissance", "fodt", "birthdate"],
    stems: &["geburt", "fodsel"],
};

pub(super) const DEATH: Vocabulary = Vocabulary {
    whole: &[
        "death", "dead", "died", "deceased", "exitus", "tod", "tot", "deces", "decede", "dod",
        "dode", "doed", "mort",
    ],
    stems: &["todes", "verstorb", "gestorb", "sterbe", "dodsdato", "deathdate"],
};

pub(super) const PROGRESSION: Vocabulary = Vocabulary {
    whole: &["pd", "prog", "progr", "recur", "relapse", "relaps", "recidive", "rechute", "pfsdate"],
    stems: &["progress", "progred", "rezidiv", "recurren", "ruckfall", "tilbakefall", "relaps"],
};

pub(super) const SCAN: Vocabulary = Vocabulary {
    whole: &["scan", "scans", "ct", "mri", "mrt", "imaging", "staging", "irm", "tdm", "scanner"],
    stems: &["bildgebung", "bildediagn", "imagerie"],
};

pub(super) const LAST: Vocabulary = Vocabulary {
    whole: &[
        "last",
        "letzte",
        "letzter",
        "letztes",
        "letzten",
        "dernier",
        "derniere",
        "sist",
        "siste",
        "fu",
        "lfu",
        "lkf",
        "follow",
        "followup",
        "contact",
        "kontakt",
        "suivi",
        "nouvelles",
        "lastfu",
        "alive",
    ],
    stems: &["nachsorge", "lastcontact", "oppfolg", "followup", "letztkontakt"],
};

pub(super) const FIRST: Vocabulary = Vocabulary {
    whole: &["first", "erst", "erste", "erster", "premier", "premiere", "forste", "baseline"],
    stems: &["erstdiagnos"],
};

pub(super) const RANDOM: Vocabulary = Vocabulary {
    whole: &["random", "rando", "randdt", "randomized", "randomised", "inclusion", "enrolment"],
    stems: &["randomi", "randomis", "enrol", "einschluss", "inklusjon"],
};

pub(super) const START: Vocabulary = Vocabulary {
    whole: &[
        "start",
        "begin",
        "beginn",
        "begun",
        "debut",
        "entry",
        "accept",
        "op",
        "surgery",
        "trtsdt",
        "baseline",
        "oppstart",
        "intervention",
    ],
    stems: &["beginn", "therapiestart", "startdat", "opdat", "operation"],
};

pub(super) const DIAGNOSIS: Vocabulary =
    Vocabulary { whole: &["dx", "diag", "ed", "index"], stems: &["diagnos"] };

pub(super) const TIME: Vocabulary = Vocabulary {
    whole: &[
        "time",
        "t",
        "os",
        "pfs",
        "dfs",
        "rfs",
        "efs",
        "ttp",
        "css",
        "months",
        "days",
        "weeks",
        "mos",
        "aval",
        "futime",
        "survtime",
        "stime",
        "rfstime",
        "ptime",
        "dtime",
        "rtime",
        "ostime",
        "pfstime",
        "survival",
        "survie",
        "zeit",
        "monate",
        "tage",
        "wochen",
        "tid",
        "dager",
        "maneder",
        "temps",
        "duree",
        "mois",
        "jours",
        "stop",
        "tstop",
        "surv",
        "edrel",
        "overlevelse",
    ],
    stems: &["uberleb", "ueberleb", "survivaltime", "overlev"],
};

/// Words that make of a time one that is not follow-up.
pub(super) const OTHER_TIME: Vocabulary = Vocabulary {
    whole: &["wait", "diag", "age", "alter", "dose", "year", "onset", "surgery", "half", "alder"],
    stems: &["diagnos"],
};

pub(super) const ENTRY_TIME: Vocabulary =
    Vocabulary { whole: &["start", "tstart", "entry", "ageentry", "entrytime"], stems: &[] };

pub(super) const STATUS: Vocabulary = Vocabulary {
    whole: &[
        "status",
        "event",
        "stat",
        "fustat",
        "pstat",
        "delta",
        "d",
        "dead",
        "death",
        "died",
        "exitus",
        "tot",
        "tod",
        "vital",
        "vitalstatus",
        "verstorben",
        "deces",
        "dod",
        "dode",
        "recur",
        "relapse",
        "failure",
        "failed",
        "fail",
        "rel",
        "prog",
        "pd",
        "censor",
        "cens",
        "censored",
        "zensiert",
        "cnsr",
        "ereignis",
        "hendelse",
        "evenement",
        "alive",
    ],
    stems: &["progress", "rezidiv", "verstorb", "vitalst"],
};

/// Words of a status that is 1 for those without the event.
pub(super) const CENSORED: Vocabulary = Vocabulary {
    whole: &[
        "censor", "cens", "censored", "cnsr", "zensiert", "alive", "lebt", "vivant", "censure",
    ],
    stems: &["sensurert"],
};

pub(super) const WEIGHT: Vocabulary = Vocabulary {
    whole: &["weights", "iptw", "ipw", "ipcw", "fw", "sw", "pw", "caseweight", "freq"],
    stems: &["caseweight", "gewichtung"],
};

/// Values that say that somebody died.
pub(super) const DIED: [&str; 16] = [
    "dead",
    "died",
    "deceased",
    "death",
    "tot",
    "verstorben",
    "gestorben",
    "tod",
    "exitus",
    "decede",
    "deces",
    "mort",
    "dod",
    "event",
    "ereignis",
    "yes",
];

/// Values that say that somebody lives.
pub(super) const ALIVE: [&str; 14] = [
    "alive", "living", "lives", "lebt", "lebend", "am leben", "vivant", "vivante", "en vie",
    "lever", "censored", "zensiert", "no", "i live",
];

/// Texts that stand for a missing value.
pub(super) const UNKNOWN: [&str; 33] = [
    "unknown",
    "unk",
    "unbekannt",
    "unbek",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "nd",
    "n.d.",
    "nan",
    "null",
    "none",
    "missing",
    "not available",
    "not known",
    "not done",
    "k.a.",
    "k. a.",
    "ka",
    "keine angabe",
    "keine angaben",
    "fehlt",
    "fehlend",
    "inconnu",
    "ukjent",
    "mangler",
    "?",
    "??",
    "-",
    "--",
    ".",
    "#n/a",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(words("ph.ecog"), ["ph", "ecog"]);
        assert_eq!(words("LastContact"), ["last", "contact"]);
        assert_eq!(words("TRT01P"), ["trt", "01", "p"]);
        assert_eq!(words("Größe (mm)"), ["grosse", "mm"]);
        assert_eq!(words("USUBJID"), ["usubjid"]);
        assert!(words("").is_empty());
    }

    #[test]
    fn words_are_found_whole_and_stems_within() {
        let find = |own: &Vocabulary, name: &str| own.find(&words(name)).is_some();
        for name in ["Todesdatum", "date of death", "Décès", "dødsdato"] {
            assert!(find(&DEATH, name), "{name}");
        }
        for name in ["method", "deadline?", "mortality_score"] {
            assert!(!find(&DEATH, name), "{name}");
        }
        assert!(find(&DIAGNOSIS, "Erstdiagnose"));
        assert!(find(&LAST, "letzter_kontakt") && !find(&LAST, "feature"));
    }
}
