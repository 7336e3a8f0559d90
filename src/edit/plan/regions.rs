//! Plans for regions: label, split, merge, move an edge, remove.

use super::*;

impl Scope<'_> {
    /// Labels a stretch of text. Regions in the way are cut back or go. A neighbour that a person
    /// gave the same label becomes one with it, unless the label's regions stay separate.
    ///
    /// # Errors
    /// If the span is blank, the label unknown, or the region there already.
    pub fn label_span(&self, span: Span, label: &Label) -> Plan {
        self.label_spans(&[span], label)
    }

    /// Labels whole blocks (indices into the article's blocks). They make one region,
    /// or one each if the label's regions stay separate.
    ///
    /// # Errors
    /// If there is no such block, the label is unknown, or the regions are there already.
    pub fn label_blocks(&self, blocks: Range<usize>, label: &Label) -> Plan {
        let blocks = self.article.blocks.get(blocks).unwrap_or_default();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
            return Err(PlanError::NothingThere);
        };
        if self.stays_separate(label) {
            let spans: Vec<Span> = blocks.iter().map(|block| block.span).collect();
            self.label_spans(&spans, label)
        } else {
            self.label_spans(&[first.span.cover(last.span)], label)
        }
    }

    /// Labels everything from `pos` to the end of the article, as [`Scope::label_blocks`] does.
    ///
    /// # Errors
    /// As [`Scope::label_blocks`].
    pub fn label_from(&self, pos: BytePos, label: &Label) -> Plan {
        let tail = |span: Span| {
            span.from(pos)
                .and_then(|span| segment::tidy(self.text(), span))
        };
        let spans: Vec<Span> = if self.stays_separate(label) {
            self.article
                .blocks
                .iter()
                .filter_map(|block| tail(block.span))
                .collect()
        } else {
            self.text().whole().and_then(tail).into_iter().collect()
        };
        self.label_spans(&spans, label)
    }

    pub(super) fn stays_separate(&self, label: &Label) -> bool {
        self.schema
            .region(label.as_str())
            .is_some_and(|region| region.separate)
    }

    /// `spans` are sorted and do not overlap.
    pub(super) fn label_spans(&self, spans: &[Span], label: &Label) -> Plan {
        if !self
            .schema
            .region(label.as_str())
            .is_some_and(|region| region.enabled)
        {
            return Err(PlanError::UnknownLabel(label.clone()));
        }
        let text = self.text();
        let mut new: Vec<Region> = spans
            .iter()
            .filter_map(|&span| segment::tidy(text, span))
            .map(|span| Region {
                span,
                label: label.clone(),
                provenance: Provenance::Person,
            })
            .collect();
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return Err(PlanError::NothingThere);
        };
        let hull = first.span.cover(last.span);
        let mut old: Vec<Region> = self.annotation.regions_in(hull).to_vec();
        old.retain(|region| new.iter().any(|n| n.span.overlaps(region.span)));
        let mut kept = Vec::new();
        for region in &old {
            let mut rest = vec![region.span];
            for n in &new {
                rest = rest
                    .into_iter()
                    .flat_map(|span| {
                        if span.overlaps(n.span) {
                            [span.before(n.span.start()), span.from(n.span.end())]
                        } else {
                            [Some(span), None]
                        }
                    })
                    .flatten()
                    .collect();
            }
            kept.extend(
                rest.into_iter()
                    .filter_map(|span| segment::tidy(text, span))
                    .map(|span| Region {
                        span,
                        ..region.clone()
                    }),
            );
        }
        if !self.stays_separate(label)
            && let [only] = new.as_mut_slice()
        {
            // A person's own neighbours of the same label, whole or cut just now, become one with
            // it.
            kept.retain(|region| !self.joins(region, only));
            for region in self.annotation.regions() {
                if !old.contains(region) && self.joins(region, only) {
                    old.push(region.clone());
                }
            }
            for region in &old {
                if region.label == only.label && region.provenance == Provenance::Person {
                    only.span = only.span.cover(region.span);
                }
            }
        }
        kept.extend(new);
        self.replace_regions(old, kept)
    }

    /// Whether two regions of one label, both a person's, have nothing but white space between
    /// them.
    pub(super) fn joins(&self, a: &Region, b: &Region) -> bool {
        if a.label != b.label
            || a.provenance != Provenance::Person
            || b.provenance != Provenance::Person
        {
            return false;
        }
        let (first, second) = if a.span.start() <= b.span.start() {
            (a, b)
        } else {
            (b, a)
        };
        self.text()
            .as_str()
            .get(first.span.end().index()..second.span.start().index())
            .is_none_or(|between| between.chars().all(char::is_whitespace))
    }

    /// Takes `old` away and puts `new` in, leaving what is in both. Suggested entities go with it
    /// where none are tagged any more.
    pub(super) fn replace_regions(&self, old: Vec<Region>, new: Vec<Region>) -> Plan {
        let mut transaction = self.replace_regions_alone(old, new)?;
        let orphaned = self.orphaned(&transaction);
        transaction.edits.extend(orphaned);
        Ok(transaction)
    }

    pub(super) fn replace_regions_alone(&self, mut old: Vec<Region>, mut new: Vec<Region>) -> Plan {
        new.retain(|region| {
            let stays = old.iter().position(|o| o == region);
            if let Some(at) = stays {
                old.remove(at);
            }
            stays.is_none()
        });
        if old.is_empty() && new.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        old.sort_by_key(|region| region.span);
        new.sort_by_key(|region| region.span);
        Ok(Transaction {
            edits: old
                .into_iter()
                .map(Edit::RemoveRegion)
                .chain(new.into_iter().map(Edit::AddRegion))
                .collect(),
        })
    }

    /// Cuts the region at `pos` in two.
    ///
    /// # Errors
    /// If there is no region, or one part would be blank.
    pub fn split_region(&self, pos: BytePos) -> Plan {
        let pos = BytePos::from_index(segment::floor_grapheme(self.text().as_str(), pos.index()));
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        let part = |span: Option<Span>| span.and_then(|span| segment::tidy(self.text(), span));
        let (Some(before), Some(after)) =
            (part(region.span.before(pos)), part(region.span.from(pos)))
        else {
            return Err(PlanError::SplitAtEdge);
        };
        let parts = [before, after].map(|span| Region {
            span,
            label: region.label.clone(),
            provenance: Provenance::Person,
        });
        self.replace_regions(vec![region.clone()], parts.into())
    }

    /// Merges the region at `pos` into the region before it, whose label stays.
    ///
    /// # Errors
    /// If there is no region at `pos`, or none before it.
    pub fn merge_with_previous(&self, pos: BytePos) -> Plan {
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        let at = self
            .annotation
            .regions()
            .partition_point(|r| r.span < region.span);
        let before = at
            .checked_sub(1)
            .and_then(|at| self.annotation.regions().get(at))
            .ok_or(PlanError::NoRegionBefore)?;
        let merged = Region {
            span: before.span.cover(region.span),
            label: before.label.clone(),
            provenance: Provenance::Person,
        };
        self.replace_regions(vec![before.clone(), region.clone()], vec![merged])
    }

    /// Moves an edge of a region; neighbours in the way are cut back or go.
    ///
    /// # Errors
    /// If the region is not there, nothing of it would be left, or nothing would change.
    pub fn move_region_edge(&self, region: &Region, edge: Edge, to: BytePos) -> Plan {
        if !self.annotation.regions().contains(region) {
            return Err(PlanError::NoRegion);
        }
        let span = self.moved(region.span, edge, to)?;
        let mut old = vec![region.clone()];
        let mut new = vec![Region {
            span,
            label: region.label.clone(),
            provenance: Provenance::Person,
        }];
        for other in self.annotation.regions_in(span) {
            if other == region {
                continue;
            }
            old.push(other.clone());
            let rest = [other.span.before(span.start()), other.span.from(span.end())];
            new.extend(
                rest.into_iter()
                    .flatten()
                    .filter_map(|s| segment::tidy(self.text(), s))
                    .map(|span| Region {
                        span,
                        ..other.clone()
                    }),
            );
        }
        self.replace_regions(old, new)
    }

    pub(super) fn moved(&self, span: Span, edge: Edge, to: BytePos) -> Result<Span, PlanError> {
        let text = self.text();
        let to = BytePos::from_index(segment::floor_grapheme(text.as_str(), to.index()));
        let (start, end) = match edge {
            Edge::Start => (to, span.end()),
            Edge::End => (span.start(), to),
        };
        let moved = text
            .span(start, end)
            .map_err(|_empty| PlanError::WouldVanish)?;
        let moved = segment::tidy(text, moved).ok_or(PlanError::WouldVanish)?;
        if moved == span {
            Err(PlanError::NothingToDo)
        } else {
            Ok(moved)
        }
    }

    /// Removes the region at `pos`; its text is then in no region.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove_region(&self, pos: BytePos) -> Plan {
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        self.replace_regions(vec![region.clone()], Vec::new())
    }
}
