//! What a path is asked for.

/// A plot to be saved as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The name of its chart.
    pub chart: &'static str,
    /// PNG, or else SVG.
    pub png: bool,
}

/// What a path is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// Articles or a dataset, to be opened.
    Open,
    /// A folder of articles, to be opened.
    OpenFolder,
    /// Articles, to be added to the open dataset.
    Import,
    /// A new name for a copy of the dataset.
    SaveCopy,
    /// Where an export goes: a folder, or else a file.
    ExportTo {
        /// Whether it is a folder of files.
        folder: bool,
    },
    /// Datasets and files of records, to be merged.
    MergeInputs,
    /// The dataset that they become.
    MergeTarget,
    /// The folder of the datasets into which the work is split.
    SplitFolder,
    /// A model's tokenizer.
    Tokenizer,
    /// A file of settings to read.
    ImportSettings,
    /// A file of settings to write.
    ExportSettings,
    /// Where to save a plot.
    SavePlot(Picture),
}

impl PathPurpose {
    /// What the dialog is called.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Open => "Open articles or a dataset",
            Self::OpenFolder => "Open a folder of articles",
            Self::Import => "Add articles to this dataset",
            Self::SaveCopy => "Save a copy",
            Self::ExportTo { .. } => "Export to",
            Self::MergeInputs => "Choose what to merge",
            Self::MergeTarget => "Merge into",
            Self::SplitFolder => "Make the datasets in",
            Self::Tokenizer => "Choose tokenizer.json",
            Self::ImportSettings => "Import settings",
            Self::ExportSettings => "Export the settings",
            Self::SavePlot(_) => "Save the plot",
        }
    }

    /// What the button says that takes the path.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Open | Self::OpenFolder => "Open",
            Self::Import | Self::MergeInputs => "Add",
            Self::SaveCopy | Self::ExportSettings | Self::SavePlot(_) => "Save",
            Self::ExportTo { .. } | Self::MergeTarget | Self::SplitFolder | Self::Tokenizer => {
                "Choose"
            }
            Self::ImportSettings => "Import",
        }
    }

    /// Whether it has to be there already.
    #[must_use]
    pub fn must_exist(&self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::OpenFolder
                | Self::Import
                | Self::MergeInputs
                | Self::Tokenizer
                | Self::ImportSettings
        )
    }
}
