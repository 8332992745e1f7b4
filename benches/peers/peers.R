# One task on the columns in a folder; prints seconds, then the numbers that must agree.
suppressMessages({library(survival); library(data.table)})
args <- commandArgs(TRUE)
task <- args[1]; folder <- args[2]
read <- function(name, what, size) {
  file <- file.path(folder, name)
  readBin(file, what, n = file.size(file) / size, size = size)
}
columns <- function(clock) list(
  time = if (clock == "months") as.double(read("months.i32", "integer", 4)) else read("times.f64", "double", 8),
  event = read("event.i32", "integer", 4), group = read("group.i32", "integer", 4))
report <- function(seconds, values) cat(format(c(seconds, values), digits = 15, trim = TRUE, scientific = TRUE), "\n")
timed <- function(expr) { gc(FALSE); start <- proc.time()[[3]]; value <- force(expr); list(proc.time()[[3]] - start, value) }
medians <- function(fit) unname(quantile(fit, 0.5, conf.int = FALSE))
task_name <- sub("@.*", "", task); clock <- sub(".*@", "", task)
if (task_name == "km") {
  d <- columns(clock)
  run <- timed(medians(survfit(Surv(time, event) ~ group, d, conf.type = "log-log")))
  report(run[[1]], run[[2]])
} else if (task_name == "logrank") {
  d <- columns(clock)
  run <- timed(survdiff(Surv(time, event) ~ group, d)$chisq)
  report(run[[1]], run[[2]])
} else if (task_name == "small") {
  d <- lapply(columns(clock), head, 200)
  run <- timed(for (i in 1:500) q <- quantile(survfit(Surv(time, event) ~ 1, d, conf.type = "log-log"), 0.5))
  report(run[[1]] / 500, unlist(q, use.names = FALSE))
} else if (task_name == "bootstrap") {
  d <- as.data.frame(lapply(columns(clock), head, 10000))
  run <- timed(for (i in 1:200) m <- medians(survfit(Surv(time, event) ~ 1, d[sample.int(10000, replace = TRUE), ])))
  # 10,000 replicates, from 200; the median that all must agree on is the full sample's.
  report(run[[1]] * 50, medians(survfit(Surv(time, event) ~ 1, d)))
} else if (task_name == "csv") {
  run <- timed({
    d <- fread(file.path(folder, "registry.csv"), select = c("months", "event", "arm"))
    medians(survfit(Surv(months, event) ~ arm, d, conf.type = "log-log"))
  })
  report(run[[1]], run[[2]])
} else if (task_name == "coxboot") {
  folder <- file.path(folder, paste0("cox-", clock))
  stop <- read("stop.f64", "double", 8); event <- read("event.i32", "integer", 4)
  x <- matrix(read("x.f64", "double", 8), nrow = length(stop))
  fit <- function(rows) coxph.fit(x[rows, ], Surv(stop[rows], event[rows]), NULL, NULL, NULL, coxph.control(), NULL, "efron", NULL)
  run <- timed(for (i in 1:10) fit(sample.int(length(stop), replace = TRUE)))
  whole <- fit(seq_along(stop))
  # 1,000 replicates, from 10; the fit that all must agree on is the full sample's.
  report(run[[1]] * 100, c(whole$coefficients[1:2], whole$loglik[2]))
} else if (task_name %in% c("cox", "coxfit")) {
  folder <- file.path(folder, paste0("cox-", clock))
  stop <- read("stop.f64", "double", 8); event <- read("event.i32", "integer", 4)
  x <- matrix(read("x.f64", "double", 8), nrow = length(stop)); colnames(x) <- paste0("x", seq_len(ncol(x)))
  y <- if (clock == "late") Surv(read("start.f64", "double", 8), stop, event) else Surv(stop, event)
  strata <- if (clock == "late") read("strata.i32", "integer", 4)
  run <- if (task_name == "coxfit") {
    timed(coxph.fit(x, y, NULL, NULL, NULL, coxph.control(), NULL, "efron", NULL))
  } else if (is.null(strata)) timed(coxph(y ~ x)) else timed(coxph(y ~ x + strata(strata)))
  fit <- run[[2]]
  report(run[[1]], c(fit$coefficients[1:2], fit$loglik[2]))
}
