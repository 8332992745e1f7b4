# Everyday commands; `just` lists them.
default:
    @just --list

# All that a change must pass.
ci:
    bash .ci/run

# Kernel benchmarks.
bench:
    cargo bench

# R, the crate `survival` and riskset in one interleaved run (needs R with survival and data.table).
peers:
    bash benches/peers/run

# Golden values anew (needs R with survival, KMsurv, mvtnorm and jsonlite).
golden:
    Rscript fixtures/r/golden.R

# Licences and advisories of the dependencies (needs cargo-deny).
deny:
    cargo deny check
