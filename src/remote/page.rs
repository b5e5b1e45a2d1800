//! Whole lists in pages, and what to do when a list changes while it is read.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::remote::error::RemoteError;

/// How many elements are asked for at once: the most that the gateway gives (`docs/gateway.md`), and that
/// PISTE is said to give (`docs/sources.md` 8).
pub(crate) const SIZE: u32 = 1000;

/// How many pages of one list are read at once.
const AT_ONCE: usize = 4;

/// How often a list that changes is read again.
const ATTEMPTS: u32 = 4;

/// One page.
pub(crate) struct Page<T> {
    /// Its elements.
    pub(crate) elements: Vec<T>,
    /// How many pages there are.
    pub(crate) pages: u32,
    /// How many elements there are on all pages, where that is told.
    pub(crate) total: Option<u64>,
}

/// Reads a whole list. `fetch` reads one page, counted from 1; `key` tells one element from another.
///
/// A list may change between two pages: then an element would be missing or twice. So number of pages and total
/// must be the same on all pages, no key may come twice, and as many elements must have come as were told;
/// else the list is read again, and given up as [`RemoteError::Unstable`] in the end.
pub(crate) async fn whole<T, K, F, R>(
    route: &str,
    fetch: F,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, RemoteError>
where
    K: Ord,
    F: Fn(u32) -> R,
    R: Future<Output = Result<Page<T>, RemoteError>>,
{
    for attempt in 1..=ATTEMPTS {
        let first = fetch(1).await?;
        let (pages, total) = (first.pages.max(1), first.total);
        let mut elements = first.elements;
        let mut stable = true;
        let mut rest = stream::iter(2..=pages).map(&fetch).buffered(AT_ONCE);
        while let Some(page) = rest.next().await {
            let page = page?;
            stable &= page.pages.max(1) == pages && page.total == total;
            elements.extend(page.elements);
        }
        let keys: BTreeSet<K> = elements.iter().map(&key).collect();
        let complete = total.is_none_or(|total| usize::try_from(total) == Ok(elements.len()));
        if stable && complete && keys.len() == elements.len() {
            return Ok(elements);
        }
        tracing::debug!(route, attempt, "list changed while its pages were read");
    }
    Err(RemoteError::Unstable { route: route.to_owned(), attempts: ATTEMPTS })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it stands for a fetch, which may fail")]
    fn page(elements: &[u32], pages: u32, total: u64) -> Result<Page<u32>, RemoteError> {
        Ok(Page { elements: elements.to_vec(), pages, total: Some(total) })
    }

    #[tokio::test]
    async fn all_pages_are_read_in_order() {
        let fetch = async |number: u32| page(&[number * 2, number * 2 + 1], 7, 14);
        let read = whole("GET /x", fetch, |element| *element).await.unwrap();
        assert_eq!(read, (2..16).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_list_that_changes_is_read_again_then_given_up() {
        let reads = Cell::new(0);
        let fetch = async |number: u32| {
            reads.set(reads.get() + 1);
            // The first time, an element moves from the second page to the first.
            match (reads.get(), number) {
                (1, 1) => page(&[1, 2], 2, 3),
                (2, 2) => page(&[2], 2, 3),
                (_, 1) => page(&[1, 2], 2, 3),
                _ => page(&[3], 2, 3),
            }
        };
        assert_eq!(whole("GET /x", fetch, |element| *element).await.unwrap(), [1, 2, 3]);
        assert_eq!(reads.get(), 4);

        let always = async |number: u32| page(&[number], 2, 2 + u64::from(number));
        let error = whole("GET /x", always, |element| *element).await.unwrap_err();
        assert!(matches!(error, RemoteError::Unstable { attempts: ATTEMPTS, .. }));
    }

    #[tokio::test]
    async fn an_empty_list_has_one_page() {
        let fetch = async |_| page(&[], 0, 0);
        assert!(whole("GET /x", fetch, |element: &u32| *element).await.unwrap().is_empty());
    }
}
