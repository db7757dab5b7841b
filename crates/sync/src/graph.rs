//! The revisions of one item as a graph: newest ones, common ancestors, and the document that several come to together.

use std::collections::{BTreeMap, BTreeSet};

use abox_attest::Digest;
use abox_ids::MemberId;
use abox_model::document::ItemDocument;
use abox_model::merge::{Side, merge};

/// One verified revision of the item.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its digest.
    pub revision: Digest,
    /// What it was made from.
    pub parents: Vec<Digest>,
    /// Who made it.
    pub author: MemberId,
    /// Its document.
    pub document: ItemDocument,
}

/// The revisions that no other was made from, sorted.
#[must_use]
pub fn heads(nodes: &BTreeMap<Digest, Node>) -> Vec<Digest> {
    let parents: BTreeSet<&Digest> = nodes.values().flat_map(|node| &node.parents).collect();
    nodes.keys().filter(|revision| !parents.contains(revision)).copied().collect()
}

/// The revisions from which both sides were made and from which no other such revision was made, sorted. There are
/// several where two devices merged the same revisions and people went on from both merges.
#[must_use]
pub fn nearest_common_ancestors(nodes: &BTreeMap<Digest, Node>, a: &[Digest], b: &[Digest]) -> Vec<Digest> {
    let graph = Graph::of(nodes);
    let [a, b] = [a, b].map(|side| graph.indices(side));
    graph.nearest(&a, &b).into_iter().map(|index| graph.nodes[index].revision).collect()
}

/// The document that revisions come to together: the only one, or their merge. Revisions that nobody knows do not
/// count; without any, it is `None`. The result depends on nothing but the revisions and those that they were made
/// from, so that all devices find the same.
#[must_use]
pub fn merged(nodes: &BTreeMap<Digest, Node>, revisions: &[Digest]) -> Option<ItemDocument> {
    let mut found = revisions.iter().filter_map(|revision| nodes.get(revision));
    let first = found.next()?;
    // The usual case, which needs no graph.
    if found.all(|node| node.document == first.document) {
        return Some(first.document.clone());
    }
    let graph = Graph::of(nodes);
    let wanted = graph.indices(revisions);
    Some(graph.merged(&wanted))
}

/// How many merges of ancestors one merge may need. Histories that people make need a few; one that was made to need
/// more gets the first of the ancestors as the base from there on, on all devices alike.
const MAX_BASES: usize = 1_000;

/// Revisions by their place in the map, which is the order of their digests.
struct Graph<'a> {
    nodes: Vec<&'a Node>,
    parents: Vec<Vec<usize>>,
    /// For each revision, itself and everything that it was made from.
    ancestry: Vec<Set>,
}

/// A set of places.
#[derive(Clone)]
struct Set(Vec<u64>);

impl Set {
    fn empty(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    fn contains(&self, index: usize) -> bool {
        self.0[index / 64] & (1 << (index % 64)) != 0
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|index| self.contains(*index))
    }
}

impl<'a> Graph<'a> {
    fn of(nodes: &'a BTreeMap<Digest, Node>) -> Self {
        let place: BTreeMap<&Digest, usize> = nodes.keys().zip(0..).collect();
        let parents: Vec<Vec<usize>> = nodes
            .values()
            .map(|node| node.parents.iter().filter_map(|parent| place.get(parent).copied()).collect())
            .collect();
        let mut graph = Self { nodes: nodes.values().collect(), ancestry: Vec::new(), parents };
        graph.ancestry = graph.ancestries();
        graph
    }

    /// Without recursion: a history may be as long as it likes.
    fn ancestries(&self) -> Vec<Set> {
        let size = self.nodes.len();
        let mut ancestry = vec![Set::empty(size); size];
        let (mut entered, mut left) = (Set::empty(size), Set::empty(size));
        let mut path: Vec<usize> = (0..size).collect();
        while let Some(&index) = path.last() {
            if !entered.contains(index) {
                entered.insert(index);
                path.extend(self.parents[index].iter().filter(|parent| !entered.contains(**parent)));
                continue;
            }
            path.pop();
            if left.contains(index) {
                continue;
            }
            left.insert(index);
            let mut own = Set::empty(size);
            own.insert(index);
            self.parents[index].iter().for_each(|parent| own.add(&ancestry[*parent]));
            ancestry[index] = own;
        }
        ancestry
    }

    /// Sorted, each once, without those that are not here.
    fn indices(&self, revisions: &[Digest]) -> Vec<usize> {
        let find = |revision| self.nodes.binary_search_by_key(revision, |node| node.revision).ok();
        revisions.iter().filter_map(find).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn ancestry_of(&self, revisions: &[usize]) -> Set {
        let mut all = Set::empty(self.nodes.len());
        revisions.iter().for_each(|index| all.add(&self.ancestry[*index]));
        all
    }

    fn nearest(&self, a: &[usize], b: &[usize]) -> Vec<usize> {
        let mut common = self.ancestry_of(a);
        common.keep(&self.ancestry_of(b));
        let mut overtaken = Set::empty(self.nodes.len());
        for index in common.iter() {
            self.parents[index].iter().for_each(|parent| overtaken.insert(*parent));
        }
        common.iter().filter(|index| !overtaken.contains(*index)).collect()
    }

    /// The bases that the merge of `revisions` one after the other needs: before each but the first, the nearest common
    /// ancestors of it and all before it.
    fn bases(&self, revisions: &[usize]) -> Vec<Vec<usize>> {
        (1..revisions.len()).map(|at| self.nearest(&revisions[..at], &revisions[at..=at])).collect()
    }

    fn agree(&self, revisions: &[usize]) -> bool {
        revisions.iter().all(|index| self.nodes[*index].document == self.nodes[revisions[0]].document)
    }

    /// Several nearest common ancestors are merged to one base, and so are those that this takes: as if somebody had
    /// merged them before both sides went on. Without recursion, for the same reason as above.
    fn merged(&self, revisions: &[usize]) -> ItemDocument {
        let mut done: BTreeMap<Vec<usize>, ItemDocument> = BTreeMap::new();
        let mut path = vec![(revisions.to_vec(), self.bases(revisions))];
        let mut asked = 1;
        while let Some((list, bases)) = path.last() {
            let missing = bases.iter().find(|base| !self.agree(base) && !done.contains_key(*base));
            if let Some(missing) = missing
                && asked < MAX_BASES
            {
                let missing = missing.clone();
                let bases = self.bases(&missing);
                path.push((missing, bases));
                asked += 1;
                continue;
            }
            let document = self.fold(list, bases, &done);
            if let Some((list, _)) = path.pop() {
                done.insert(list, document);
            }
        }
        done.remove(revisions).unwrap_or_default()
    }

    fn fold(
        &self,
        revisions: &[usize],
        bases: &[Vec<usize>],
        done: &BTreeMap<Vec<usize>, ItemDocument>,
    ) -> ItemDocument {
        let mut nodes = revisions.iter().map(|index| self.nodes[*index]);
        let Some(first) = nodes.next() else { return ItemDocument::default() };
        let (mut document, mut author) = (first.document.clone(), first.author);
        for (next, base) in nodes.zip(bases) {
            if next.document != document {
                let base = done.get(base).or_else(|| base.first().map(|index| &self.nodes[*index].document));
                document = merge(
                    base,
                    &Side { document: &document, author },
                    &Side { document: &next.document, author: next.author },
                );
            }
            // Who merges first must not show in the result.
            author = author.min(next.author);
        }
        document
    }
}
