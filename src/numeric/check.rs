//! Comparison with reference values in the tests.

/// Panics unless `got` is within `tolerance` of `want`, relative to `want`.
#[track_caller]
pub(crate) fn close(got: f64, want: f64, tolerance: f64) {
    let error = (got - want).abs() / want.abs();
    let same = got == want || error <= tolerance;
    assert!(same, "got {got:e}, want {want:e}, relative error {error:e} > {tolerance:e}");
}
