use crate::error::{Error, ErrorKind};
use crate::formula::syntax::ast::{Kind, Node};
use crate::formula::{Expr, Formula, Outcome, Role};

/// A tree with all its parentheses.
fn sketch(node: &Node) -> String {
    match &node.kind {
        Kind::Group(inner) => sketch(inner),
        Kind::Unary { op, operand } => format!("({}{})", op.symbol(), sketch(operand)),
        Kind::Chain { first, rest } => rest.iter().fold(sketch(first), |left, link| {
            format!("({left}{}{})", link.op.symbol(), sketch(&link.right))
        }),
        Kind::Call { function, args } => {
            let args: Vec<String> = args.iter().map(|arg| sketch(&arg.value)).collect();
            format!("{}({})", function.name(), args.join(","))
        }
        _ => node.to_string(),
    }
}

#[test]
fn precedence_is_that_of_r() {
    let cases = [
        ("a + b * c", "(a+(b*c))"),
        ("a - b - c", "((a-b)-c)"),
        ("a / b * c", "((a/b)*c)"),
        ("a ^ b ^ c", "(a^(b^c))"),
        ("-a ^ 2", "(-(a^2))"),
        ("a ^ -b", "(a^(-b))"),
        ("-a * b", "((-a)*b)"),
        ("-a:b", "((-a):b)"),
        ("a * b:c", "(a*(b:c))"),
        ("a * b %in% c", "(a*(b%in%c))"),
        ("a:b %in% c", "((a:b)%in%c)"),
        ("a + b == c - d", "((a+b)==(c-d))"),
        ("!a == b", "(!(a==b))"),
        ("!a & b", "((!a)&b)"),
        ("a | b & c", "(a|(b&c))"),
        ("a & b | c & d", "((a&b)|(c&d))"),
        ("a | b | c & d", "((a|b)|(c&d))"),
        ("a<-b", "(a<(-b))"),
        ("a ** 2", "(a^2)"),
        ("(a + b) * c", "((a+b)*c)"),
    ];
    for (text, tree) in cases {
        assert_eq!(sketch(Expr::parse(text).unwrap().node()), tree, "{text}");
    }
}

#[test]
fn text_comes_back_as_r_prints_it() {
    let cases = [
        ("age>=60", "age >= 60"),
        ("( age>=60 )", "age >= 60"),
        ("a/b*c-d^2+-e", "a/b * c - d^2 + -e"),
        ("cut(age,c(0,55,101),right=FALSE)", "cut(age, c(0, 55, 101), right = FALSE)"),
        ("stage%in%c('a','b')", "stage %in% c(\"a\", \"b\")"),
        ("!is.na( x )|T", "!is.na(x) | T"),
        ("`Ki-67 %` >= 55", "`Ki-67 %` >= 55"),
        ("`age`", "age"),
        ("`TRUE`", "`TRUE`"),
        ("true", "TRUE"),
        ("x > 2020-01-31", "x > 2020-01-31"),
        (".5 + 1e3 + 1L", ".5 + 1e3 + 1L"),
        ("größe.cm + _x", "größe.cm + _x"),
        ("'a\"b\\n\\\\'", "\"a\\\"b\\n\\\\\""),
    ];
    for (text, printed) in cases {
        assert_eq!(Expr::parse(text).unwrap().to_string(), printed);
    }
}

fn names(text: &str) -> Vec<String> {
    Formula::parse(text).unwrap().terms().map(|term| term.name()).collect()
}

#[test]
fn terms_expand_as_in_r() {
    let cases: [(&str, &[&str]); 14] = [
        ("a + b", &["a", "b"]),
        ("1", &[]),
        ("1 + a", &["a"]),
        ("a * b", &["a", "b", "a:b"]),
        ("a:b + c", &["c", "a:b"]),
        ("a * b * c", &["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("(a + b):c", &["a:c", "b:c"]),
        ("a + b:a + a:b + a:a", &["a", "a:b"]),
        ("b:a + a", &["a", "b:a"]),
        ("c:b:a + b * a", &["b", "a", "b:a", "c:b:a"]),
        ("(ki67 >= 55) * stage", &["ki67 >= 55", "stage", "ki67 >= 55:stage"]),
        ("I(a / b) + factor(x, ref = '0')", &["I(a/b)", "factor(x, ref = \"0\")"]),
        ("a %in% c(1, 2) + !b", &["a %in% c(1, 2)", "!b"]),
        ("(a + b >= 2)", &["a + b >= 2"]),
    ];
    for (right, terms) in cases {
        assert_eq!(names(&format!("Surv(t, e) ~ {right}")), terms, "{right}");
    }
}

#[test]
fn roles_and_outcomes() {
    let text = "Surv(start, stop, dead) ~ age + strata(a, b) + cluster(id) + offset(log(x))";
    let formula = Formula::parse(text).unwrap();
    let role = |role| formula.with_role(role).map(|term| term.name()).collect::<Vec<_>>();
    assert_eq!(role(Role::Strata), ["a, b"]);
    assert_eq!(role(Role::Cluster), ["id"]);
    assert_eq!(role(Role::Offset), ["log(x)"]);
    assert_eq!(formula.columns(), ["start", "stop", "dead", "age", "a", "b", "id", "x"]);
    assert_eq!(formula.text(), text);
    let parts = |text: &str| -> Vec<String> {
        Formula::parse(text).unwrap().outcome().parts().map(|part| part.to_string()).collect()
    };
    assert_eq!(parts("Surv(a, b, c) ~ 1"), ["a", "b", "c"]);
    assert_eq!(parts("Surv(event = c == 2, time = a) ~ 1"), ["a", "c == 2"]);
    assert_eq!(parts("Surv(a, event = c) ~ 1"), ["a", "c"]);
    let plan = Formula::parse("PFS ~ regimen").unwrap();
    assert!(matches!(plan.outcome(), Outcome::Endpoint(name) if name.to_string() == "PFS"));
}

#[test]
fn other_terms_on_the_same_outcome() {
    let formula = Formula::parse("Surv(time, status==2)~sex").unwrap();
    let terms = Formula::parse_terms("(age>=60) + strata(centre) + a:b").unwrap();
    let other = formula.with_terms(terms);
    let text = "Surv(time, status == 2) ~ (age >= 60) + strata(centre) + a:b";
    assert_eq!((other.text(), other.to_string().as_str()), (text, text));
    assert_eq!(other.columns(), ["time", "status", "age", "centre", "a", "b"]);
    assert_eq!(formula.with_terms(Vec::new()).to_string(), "Surv(time, status == 2) ~ 1");
}

/// What an error points at, says and advises.
fn trouble(error: &Error) -> (String, String, String) {
    let ErrorKind::Formula(error) = error.kind() else { panic!("{error}") };
    assert!(error.syntax, "{error}");
    let help = error.help.clone().unwrap_or_default();
    (error.text[error.span.clone()].to_owned(), error.message.clone(), help)
}

#[test]
fn errors_point_and_advise() {
    let cases = [
        ("", "", "a formula cannot be empty", "write Surv(time, event) ~ group"),
        ("~ sex", "~", "the left side is missing", "write Surv(time, event) before ~"),
        ("Surv(t, e)", "", "~ is missing", "write Surv(time, event) ~ group, or ~ 1"),
        ("Surv(t, e) ~", "", "the right side is missing", "write ~ group"),
        ("Surv(t, e) ~ a ~ b", "~", "only one ~", ""),
        ("Surv(t, e ~ a", "(", "this ( is never closed", ""),
        ("Surv(t, e) ~ (a + (b)", "(", "this ( is never closed", ""),
        ("Surv(t, e) ~ a)", ")", "no ( before this )", ""),
        ("Surv(t) ~ a", "Surv(t)", "Surv() lacks the event", "Surv(time, TRUE)"),
        ("Surv() ~ a", "Surv()", "Surv() lacks its argument time", "Surv(entry, exit, event)"),
        ("Surv(a, b, c, d) ~ a", "d", "one argument too many for Surv()", "Surv(time, event)"),
        ("surv(t, e) ~ a", "surv", "there is no function surv()", "did you mean Surv()?"),
        ("Surv(t, e) ~ facto(a)", "facto", "there is no function facto()", "mean factor()?"),
        ("Surv(t, e) ~ qqqq(a)", "qqqq", "there is no function qqqq()", "the functions are Surv"),
        ("t + e ~ a", "t + e", "the left side is not Surv()", "write Surv(time, event)"),
        ("Surv(t, e = 2) ~ a", "2", "Surv() has no argument e", "write Surv(time, event)"),
        ("Surv(t, (e = 2)) ~ a", "=", "= does not compare", "write =="),
        ("Surv(t, e) ~ .", ".", "`.` (all other columns) is not offered", "name the columns"),
        ("Surv(t, e) ~ a + ", "", "something is missing at the end", ""),
        ("Surv(t, e) ~ a + * b", "*", "something is missing before this", ""),
        ("Surv(t, e) ~ a b", "b", "an operator is missing before this", ""),
        ("Surv(t, e) ~ (a and b)", "and", "write & for \"and\"", ""),
        ("Surv(t, e) ~ (a && b)", "&&", "&& means nothing here", "write & for \"and\""),
        ("Surv(t, e) ~ (a || b)", "||", "|| means nothing here", "write | for \"or\""),
        ("Surv(t, e) ~ a - b", "-", "- does no arithmetic on terms", "write arithmetic inside I()"),
        ("Surv(t, e) ~ a / 2", "/", "/ does no arithmetic on terms", "inside I()"),
        ("Surv(t, e) ~ (a + b)^2", "^", "^ does no arithmetic on terms", "inside I()"),
        ("Surv(t, e) ~ -1", "-1", "a sign does no arithmetic on terms", ""),
        ("Surv(t, e) ~ 0", "0", "this is no variable", "~ 1 stands for all rows"),
        ("Surv(t, e) ~ a + ((2))", "2", "this is no variable", ""),
        ("Surv(t, e) ~ (-a)", "-a", "a sign does no arithmetic on terms", ""),
        ("Surv(t, e) ~ \"sex\"", "\"sex\"", "this is no variable", "name a column"),
        ("Surv(t, e) ~ Surv(a, b)", "Surv(a, b)", "Surv() belongs to the left", ""),
        ("Surv(t, e) ~ I(strata(a))", "strata(a)", "strata() cannot stand here", "own"),
        ("Surv(t, e) ~ strata(a):b", ":", "cannot interact", "join them with +"),
        ("Surv(t, e) ~ sex + age >= 60", "+", "+ binds tighter", "sex + (age >= 60)"),
        ("Surv(t, e) ~ a < b < c", "<", "comparisons cannot be chained", "(a < b) & (b < c)"),
        ("Surv(t, e) ~ 5fu", "5fu", "neither a number nor a name", "back quotes"),
        ("Surv(t, e) ~ (d > 2023-02-29)", "2023-02-29", "there is no such day", ""),
        ("Surv(t, e) ~ a[1]", "[", "[ means nothing here", "--where"),
        ("Surv(t, e) ~ d$a", "$", "$ means nothing here", "name alone"),
        ("Surv(t, e) ~ a # b", "#", "the character '#' means nothing", "back quotes"),
        ("Surv(t, e) ~ 'a", "'", "this ' is never closed", ""),
        ("Surv(t, e) ~ ``", "``", "a name cannot be empty", ""),
        ("Surv(t, e) ~ (a == '\\q')", "\\", "a backslash begins", "write \\\\"),
        ("Surv(t, e) ~ cut(a)", "cut(a)", "cut() lacks its argument breaks", "cut(x, breaks"),
        ("Surv(t, e) ~ cut(a, 1, right=T, right=F)", "F", "right is given twice", ""),
        ("Surv(t, e) ~ log(a, bass=2)", "2", "log() has no argument bass", "log(x, base)"),
        ("Surv(t, e) ~ 1e999", "1e999", "this number is too large", ""),
    ];
    for (text, at, message, help) in cases {
        let found = trouble(&Formula::parse(text).expect_err(text));
        assert_eq!(found.0, at, "{text}: {found:?}");
        assert!(found.1.contains(message), "{text}: {found:?}");
        assert!(found.2.contains(help), "{text}: {found:?}");
    }
}

#[test]
fn an_unclosed_parenthesis_shows_the_one_that_opened() {
    let error = Formula::parse("Surv(time, (a + b ~ sex").unwrap_err();
    let shown = "formula: this ( is never closed\n  Surv(time, (a + b ~ sex\n             ^";
    assert_eq!(error.to_string(), shown);
    assert_eq!(error.exit_status(), 2);
}

#[test]
fn deep_nesting_is_an_error_and_long_sums_are_not() {
    let nested = [
        format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000)),
        "(".repeat(100_000),
        "-".repeat(100_000),
        "!".repeat(100_000),
        format!("a{}", "^a".repeat(100_000)),
        format!("{}a{}", "log(".repeat(100_000), ")".repeat(100_000)),
        format!("{}a{}", "-(".repeat(60), "*b+c==d&e|f)".repeat(60)),
    ];
    for text in nested {
        let error = Expr::parse(&text).unwrap_err();
        assert!(error.to_string().contains("nested more than"), "{}", &error.to_string()[..60]);
    }
    let columns: Vec<String> = (0..20_000).map(|at| format!("x{at}")).collect();
    assert_eq!(Formula::parse_terms(&columns.join(" + ")).unwrap().len(), 20_000);
    let product = columns[..40].join(" * ");
    assert!(Formula::parse_terms(&product).unwrap_err().to_string().contains("too many terms"));
}
