//! Figures beside a report: which, how they look, and where they go.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::OutputArgs;
use super::choice;
use super::destination;
use super::failure::Failure;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::plan::Unit;
use crate::report::{
    CoxFigure, Document, Heights, Illustrated, Labels, Outline, PlotStyle, PlotWidth, Plotted,
    RiskTable,
};

/// The options of a survival plot.
#[derive(Debug, Args)]
pub(super) struct PlotArgs {
    /// Draw the curves to FILE, by its ending as SVG, PDF or PNG; with --by and --each a file for
    /// each, named after it
    #[arg(long, value_name = "FILE", help_heading = "Figure")]
    plot: Option<PathBuf>,
    /// Width: single (85 mm), middle (130 mm), double (175 mm), or so many millimetres
    #[arg(long, value_name = "WIDTH", value_parser = choice::width, default_value = "middle")]
    #[arg(requires = "plot", allow_negative_numbers = true, help_heading = "Figure")]
    plot_width: PlotWidth,
    /// Height in millimetres [default: what suits the width]
    #[arg(long, value_name = "MM", value_parser = choice::number, allow_negative_numbers = true)]
    #[arg(requires = "plot", help_heading = "Figure")]
    plot_height: Option<f64>,
    /// A title above the figure
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    plot_title: Option<String>,
    /// The name of the time axis [default: Time, with its unit]
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    x_label: Option<String>,
    /// The name of the vertical axis
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    y_label: Option<String>,
    /// In what times are counted: names the axis, and sets ticks every 3, 6, 12 … for months
    #[arg(long, value_name = "UNIT", value_parser = choice::unit(), requires = "plot")]
    #[arg(help_heading = "Figure")]
    time_unit: Option<Unit>,
    /// The distance of ticks on the time axis
    #[arg(long, value_name = "TIME", value_parser = choice::number, allow_negative_numbers = true)]
    #[arg(requires = "plot", help_heading = "Figure")]
    every: Option<f64>,
    /// The end of the time axis [default: the last follow-up]
    #[arg(long, value_name = "TIME", value_parser = choice::number, allow_negative_numbers = true)]
    #[arg(requires = "plot", help_heading = "Figure")]
    until: Option<f64>,
    /// Draw S(t), the cumulative failure 1 - S(t), or ln(-ln S(t)) against ln t
    #[arg(long, value_name = "KIND", value_parser = choice::heights(), default_value = "survival")]
    #[arg(requires = "plot", help_heading = "Figure")]
    heights: Heights,
    /// Under the axis: numbers at risk, these with events and censorings, or nothing
    #[arg(long, value_name = "KIND", value_parser = choice::risk_table())]
    #[arg(default_value = "at-risk", requires = "plot", help_heading = "Figure")]
    risk_table: RiskTable,
    /// Groups named above the curves, or at their ends
    #[arg(long, value_name = "PLACE", value_parser = choice::labels(), default_value = "legend")]
    #[arg(requires = "plot", help_heading = "Figure")]
    labels: Labels,
    /// No confidence limits
    #[arg(long, requires = "plot", help_heading = "Figure")]
    no_band: bool,
    /// No marks of censorings
    #[arg(long, requires = "plot", help_heading = "Figure")]
    no_marks: bool,
    /// No lines to the medians
    #[arg(long, requires = "plot", help_heading = "Figure")]
    no_medians: bool,
    /// Neither log-rank p nor hazard ratio
    #[arg(long, requires = "plot", help_heading = "Figure")]
    no_test: bool,
}

/// Writes the figures, and the report with these in it where its format can hold them.
pub(super) fn write<D: Document + Plotted>(
    files: Option<Files<'_>>,
    outline: &Outline<D>,
    (args, out): (&OutputArgs, &mut dyn Write),
) -> std::result::Result<(), Failure> {
    let Some(files) = files else { return destination::write(outline, args, out) };
    let figures = files.write(outline)?;
    remark(&figures, args);
    destination::write(&Illustrated::new(outline, &figures), args, out)
}

/// Says on standard error what the figures lack.
fn remark(figures: &[(String, Figure)], args: &OutputArgs) {
    let mut remarks: Vec<String> = figures.iter().filter_map(|own| own.1.remark()).collect();
    remarks.dedup();
    for remark in remarks.iter().filter(|_| !args.quiet) {
        // Nothing can be done when standard error is closed.
        let _ = writeln!(std::io::stderr(), "note: {remark}");
    }
}

/// What a figure is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Svg,
    Pdf,
    Png,
}

/// Dots an inch of a picture.
const DPI: f64 = 300.0;

/// Letters of a file's name that say what it is of; systems allow 255 bytes in all.
const LONGEST: usize = 50;

/// Where figures go.
pub(super) struct Files<'a> {
    path: &'a Path,
    kind: Kind,
    style: PlotStyle,
    /// The files that are read, and that of the report.
    read: Vec<PathBuf>,
    output: Option<PathBuf>,
}

/// The options of a forest plot.
#[derive(Debug, Args)]
pub(super) struct ForestArgs {
    /// Draw a forest plot to FILE, by its ending as SVG, PDF or PNG; with --by and --each a file for
    /// each, named after it
    #[arg(long, value_name = "FILE", help_heading = "Figure", conflicts_with_all = ["pool", "penalty"])]
    plot: Option<PathBuf>,
    /// Width: single (85 mm), middle (130 mm), double (175 mm), or so many millimetres
    #[arg(long, value_name = "WIDTH", value_parser = choice::width, default_value = "double")]
    #[arg(requires = "plot", allow_negative_numbers = true, help_heading = "Figure")]
    plot_width: PlotWidth,
    /// A title above the figure
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    plot_title: Option<String>,
    /// Hazard ratios, beta(t) for the test of proportional hazards, or the predicted curves (with
    /// --curve)
    #[arg(long, value_name = "KIND", value_parser = choice::cox_figure(), default_value = "forest")]
    #[arg(requires = "plot", help_heading = "Figure")]
    plot_kind: CoxFigure,
    /// The name of the axis [default: Hazard ratio, or Time]
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    x_label: Option<String>,
}

/// The options of a plot of published against recomputed numbers.
#[derive(Debug, Args)]
pub(super) struct VersusArgs {
    /// Draw published against recomputed numbers to FILE, by its ending as SVG, PDF or PNG
    #[arg(long, value_name = "FILE", help_heading = "Figure")]
    plot: Option<PathBuf>,
    /// Width: single (85 mm), middle (130 mm), double (175 mm), or so many millimetres
    #[arg(long, value_name = "WIDTH", value_parser = choice::width, default_value = "double")]
    #[arg(requires = "plot", allow_negative_numbers = true, help_heading = "Figure")]
    plot_width: PlotWidth,
    /// A title above the figure
    #[arg(long, value_name = "TEXT", requires = "plot", help_heading = "Figure")]
    plot_title: Option<String>,
}

impl Plot for VersusArgs {
    fn path(&self) -> Option<&Path> {
        self.plot.as_deref()
    }

    fn style(&self) -> PlotStyle {
        PlotStyle { width: self.plot_width, title: self.plot_title.clone(), ..PlotStyle::default() }
    }
}

/// Options of a figure.
pub(super) trait Plot {
    /// The file, if there is to be one.
    fn path(&self) -> Option<&Path>;
    /// How it looks.
    fn style(&self) -> PlotStyle;

    /// Whether there is to be a figure.
    fn is_wanted(&self) -> bool {
        self.path().is_some()
    }

    /// Where the figures go, checked before anything is computed.
    fn files(&self, output: &OutputArgs, read: &[PathBuf]) -> Result<Option<Files<'_>>> {
        let Some(path) = self.path() else { return Ok(None) };
        let style = self.style();
        style.check()?;
        let (kind, read, output) = (kind(path)?, read.to_vec(), output.output.clone());
        let own = Files { path, kind, style, read, output };
        own.check(path)?;
        Ok(Some(own))
    }
}

impl ForestArgs {
    /// What is to be drawn, if anything.
    pub(super) fn kind(&self) -> Option<CoxFigure> {
        self.is_wanted().then_some(self.plot_kind)
    }
}

impl Plot for ForestArgs {
    fn path(&self) -> Option<&Path> {
        self.plot.as_deref()
    }

    fn style(&self) -> PlotStyle {
        PlotStyle {
            width: self.plot_width,
            title: self.plot_title.clone(),
            x_label: self.x_label.clone(),
            ..PlotStyle::default()
        }
    }
}

impl PlotArgs {
    /// Whether a figure is to show the hazard ratio.
    pub(super) fn tells_ratio(&self) -> bool {
        self.is_wanted() && !self.no_test
    }
}

impl Plot for PlotArgs {
    fn path(&self) -> Option<&Path> {
        self.plot.as_deref()
    }

    fn style(&self) -> PlotStyle {
        PlotStyle {
            width: self.plot_width,
            height: self.plot_height,
            title: self.plot_title.clone(),
            x_label: self.x_label.clone(),
            y_label: self.y_label.clone(),
            unit: self.time_unit,
            every: self.every,
            until: self.until,
            heights: self.heights,
            risk_table: self.risk_table,
            labels: self.labels,
            band: !self.no_band,
            marks: !self.no_marks,
            medians: !self.no_medians,
            test: !self.no_test,
        }
    }
}

impl Files<'_> {
    /// Draws all figures, then writes them.
    fn write<D: Document + Plotted>(&self, outline: &Outline<D>) -> Result<Vec<(String, Figure)>> {
        let figures = outline.figures(&self.style)?;
        let mut paths: Vec<PathBuf> = Vec::new();
        for (place, _) in &figures {
            let path = self.path_of(place, &paths);
            self.check(&path)?;
            paths.push(path);
        }
        let bytes = figures.iter().map(|(_, own)| self.kind.bytes(own));
        for (path, bytes) in paths.iter().zip(bytes.collect::<Result<Vec<_>>>()?) {
            destination::write_whole(path, |out| out.write_all(&bytes))?;
        }
        Ok(figures)
    }

    /// Refuses to write over what is read, or the report.
    fn check(&self, path: &Path) -> Result<()> {
        self.read.iter().try_for_each(|own| destination::check_path(path, own, "--plot"))?;
        if self.output.as_deref().is_some_and(|own| destination::is_same(own, path)) {
            return Err(Error::option("--plot and --output name the same file; choose two names"));
        }
        Ok(())
    }

    /// The path of a figure: `os.svg`, and of one among several `os-type=NEC.svg`.
    fn path_of(&self, place: &str, taken: &[PathBuf]) -> PathBuf {
        if place.is_empty() {
            return self.path.to_owned();
        }
        let plain = |c: char| if c.is_alphanumeric() || "=.+-".contains(c) { c } else { '_' };
        let place: String = place.replace(", ", ",").chars().map(plain).take(LONGEST).collect();
        let stem = self.path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let ending = self.path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let named = |more: &str| self.path.with_file_name(format!("{stem}-{place}{more}.{ending}"));
        let mut names = std::iter::once(named("")).chain((2..).map(|at| named(&format!("-{at}"))));
        names.find(|own| !taken.contains(own)).unwrap_or_default()
    }
}

impl Kind {
    fn bytes(self, figure: &Figure) -> Result<Vec<u8>> {
        match self {
            Self::Svg => Ok(figure.svg().into_bytes()),
            Self::Pdf => figure.pdf(),
            Self::Png => figure.png(DPI),
        }
    }
}

fn kind(path: &Path) -> Result<Kind> {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_lowercase();
    match ending.as_str() {
        "svg" => Ok(Kind::Svg),
        "pdf" => Ok(Kind::Pdf),
        "png" => Ok(Kind::Png),
        _ => Err(Error::option(format!(
            "--plot {}: the name must end in .svg, .pdf or .png, which says what is drawn",
            path.display()
        ))),
    }
}
