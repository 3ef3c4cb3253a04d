use super::*;

const TOOLS: &str = "[\n  {\"name\":\"a\"},\n  {\"name\":\"b\"}\n]\n";
const INDEX: &str = "index\n35\t2\npets, shops\nlist_pets\t4\t16\t…\tList pets\ndelete_shop\t20\t32\tid\tDelete a shop\n\
    delet 1:40\nlist 0:20\npet 0:90 1:10\nshop 1:90\n";

fn names(query: &str) -> Vec<&'static str> {
    let index = Index::read(Catalogue {
        tools: TOOLS,
        index: INDEX,
    });
    let found = index.expect("an index").search(query, 5, |_| true);
    found.iter().map(|found| found.name).collect()
}

#[test]
fn what_fits_best_comes_first() {
    for (query, expected) in [
        ("listing the pets", vec!["list_pets", "delete_shop"]),
        ("remove shops", vec!["delete_shop"]),
        ("remove it", vec!["delete_shop"]),
        ("shpos", vec![]),
        ("delte", vec!["delete_shop"]),
        ("unicorns", vec![]),
        ("the", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(names(query), expected, "{query}");
    }
}

#[test]
fn an_index_of_something_else_is_refused() {
    let other = Catalogue {
        tools: "[]\n",
        index: INDEX,
    };
    for catalogue in [
        other,
        Catalogue {
            tools: TOOLS,
            index: "",
        },
    ] {
        let problem = Index::read(catalogue).map(|_| ()).unwrap_err();
        assert!(problem.contains("catalogue.index"), "{problem}");
    }
}
