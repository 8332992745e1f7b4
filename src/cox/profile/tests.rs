use super::contains;

#[test]
fn interactions_contain_their_parts() {
    assert!(contains("age:sex", "age") && contains("sex:age:ecog", "age:sex"));
    assert!(contains("factor(a, b:c):`x:y`", "`x:y`"));
    assert!(!contains("age", "age") && !contains("I(age:sex)", "age") && !contains("a:b", "a:c"));
}
