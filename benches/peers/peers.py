# lifelines on one of the regressions; prints seconds, then the numbers that must agree. Nothing
# where lifelines is not installed, or has no such task.
import sys
import time

try:
    import numpy as np
    import pandas as pd
    from lifelines import CoxPHFitter
except ImportError:
    sys.exit()

task, folder = sys.argv[1:]
name, shape = task.split("@")
# A million distinct times take it minutes.
if name != "cox" or shape == "continuous":
    sys.exit()
folder = f"{folder}/cox-{shape}"
data = {column: np.fromfile(f"{folder}/{column}.f64") for column in ("start", "stop")}
data |= {column: np.fromfile(f"{folder}/{column}.i32", "int32") for column in ("event", "strata")}
x = np.fromfile(f"{folder}/x.f64").reshape(-1, len(data["stop"]))
frame = pd.DataFrame({f"x{at}": column for at, column in enumerate(x)})
frame = frame.assign(stop=data["stop"], event=data["event"])
options = {}
if shape == "late":
    frame = frame.assign(start=data["start"], strata=data["strata"])
    options = {"entry_col": "start", "strata": ["strata"]}
begun = time.perf_counter()
fit = CoxPHFitter().fit(frame, "stop", "event", **options)
seconds = time.perf_counter() - begun
print(seconds, *fit.params_.iloc[:2], fit.log_likelihood_)
