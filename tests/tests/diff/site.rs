//! The places of an operation that can be changed.

use serde_json::{Map, Value, json};

/// An operation in a document of its own.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) document: Value,
    pub(crate) path: String,
    pub(crate) method: String,
    choices: u64,
}

impl Site {
    pub(crate) fn new(document: Value, path: &str, method: &str, seed: u64) -> Self {
        Self {
            document,
            path: path.to_owned(),
            method: method.to_owned(),
            choices: seed,
        }
    }

    /// One of several, the same in every run.
    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        self.choices = self
            .choices
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (!all.is_empty()).then(|| all[(self.choices >> 33) as usize % all.len()].clone())
    }

    pub(crate) fn is_old(&self) -> bool {
        self.document.get("swagger").is_some()
    }

    pub(crate) fn operation(&mut self) -> &mut Map<String, Value> {
        let operation = &mut self.document["paths"][&self.path][&self.method];
        operation.as_object_mut().expect("an operation")
    }

    fn pointer(&self) -> String {
        format!("/paths/{}/{}", escaped(&self.path), self.method)
    }

    pub(crate) fn at(&mut self, pointer: &str) -> &mut Map<String, Value> {
        self.document
            .pointer_mut(pointer)
            .and_then(Value::as_object_mut)
            .expect("an object")
    }

    /// The object at `pointer`, a reference replaced by what it refers to, so that nobody else is changed with it; `None` if that
    /// would lose something.
    pub(crate) fn own(&mut self, pointer: &str) -> Option<String> {
        for _ in 0..8 {
            let value = self.document.pointer(pointer)?.as_object()?;
            let Some(target) = value.get("$ref") else {
                return Some(pointer.to_owned());
            };
            // What is said beside a reference would be lost with it.
            if value.len() > 1 {
                return None;
            }
            let target = self
                .document
                .pointer(target.as_str()?.strip_prefix('#')?)?
                .clone();
            *self.document.pointer_mut(pointer)? = target;
        }
        None
    }

    /// The query parameters whose schemas `fits` is true of, as pointers to parameter and schema.
    pub(crate) fn parameters(
        &mut self,
        fits: impl Fn(&Map<String, Value>, &Map<String, Value>) -> bool,
    ) -> Vec<(String, String)> {
        let list = format!("{}/parameters", self.pointer());
        let count = self
            .document
            .pointer(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let mut found = Vec::new();
        let mut names = Vec::new();
        for index in 0..count {
            let Some(parameter) = self.own(&format!("{list}/{index}")) else {
                continue;
            };
            let name = self.at(&parameter).get("name").cloned().unwrap_or_default();
            let name = name.as_str().unwrap_or_default().to_owned();
            let twice = names.contains(&name);
            names.push(name.clone());
            if twice
                || self.at(&parameter).get("in") != Some(&json!("query"))
                || !is_plain_name(&name)
            {
                continue;
            }
            let schema = match self.is_old() {
                true => Some(parameter.clone()),
                false => self.own(&format!("{parameter}/schema")),
            };
            let Some(schema) = schema.filter(|schema| is_simple(self.at(schema))) else {
                continue;
            };
            let (one, another) = (self.at(&parameter).clone(), self.at(&schema).clone());
            if fits(&one, &another) {
                found.push((parameter, schema));
            }
        }
        found
    }

    /// The names of its parameters.
    pub(crate) fn names(&mut self) -> Vec<String> {
        let list = format!("{}/parameters", self.pointer());
        let count = self
            .document
            .pointer(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let own: Vec<String> = (0..count)
            .filter_map(|index| self.own(&format!("{list}/{index}")))
            .collect();
        own.iter()
            .filter_map(|at| Some(self.at(at).get("name")?.as_str()?.to_owned()))
            .collect()
    }

    /// The schema of a JSON body that is a plain object.
    pub(crate) fn body(&mut self) -> Option<String> {
        let schema = match self.is_old() {
            true => {
                let list = format!("{}/parameters", self.pointer());
                let parameters = self.document.pointer(&list)?.as_array()?;
                let index = parameters
                    .iter()
                    .position(|one| one.get("in") == Some(&json!("body")))?;
                format!("{list}/{index}/schema")
            }
            false => {
                let body = self.own(&format!("{}/requestBody", self.pointer()))?;
                self.json(&body)?
            }
        };
        self.object(&schema)
    }

    /// Whether a request without a body is refused.
    pub(crate) fn needs_body(&mut self) -> bool {
        let pointer = self.pointer();
        let required = json!(true);
        if self.is_old() {
            let parameters = self.document.pointer(&format!("{pointer}/parameters"));
            let mut parameters = parameters.and_then(Value::as_array).into_iter().flatten();
            return parameters.any(|one| {
                one.get("in") == Some(&json!("body")) && one.get("required") == Some(&required)
            });
        }
        let body = self.own(&format!("{pointer}/requestBody"));
        body.is_some_and(|body| self.at(&body).get("required") == Some(&required))
    }

    /// The schema of the only successful answer, a plain object in JSON.
    pub(crate) fn answer(&mut self) -> Option<String> {
        let responses = format!("{}/responses", self.pointer());
        let statuses = self.document.pointer(&responses)?.as_object()?;
        let mut good = statuses
            .keys()
            .filter(|status| status.starts_with('2') || *status == "default");
        let status = good.next()?.clone();
        if good.next().is_some() || status == "default" {
            return None;
        }
        let answer = self.own(&format!("{responses}/{status}"))?;
        let schema = match self.is_old() {
            true => format!("{answer}/schema"),
            false => self.json(&answer)?,
        };
        self.object(&schema)
    }

    /// The schema of the only media type, JSON.
    fn json(&mut self, of: &str) -> Option<String> {
        let content = self
            .document
            .pointer(&format!("{of}/content"))?
            .as_object()?;
        let only = content.len() == 1 && content.contains_key("application/json");
        only.then(|| format!("{of}/content/application~1json/schema"))
    }

    /// The schema at `pointer`, if it is an object of named members and no more.
    fn object(&mut self, pointer: &str) -> Option<String> {
        let own = self.own(pointer)?;
        let schema = self.at(&own);
        let composed = [
            "allOf",
            "anyOf",
            "oneOf",
            "discriminator",
            "not",
            "if",
            "readOnly",
        ];
        let plain = schema.get("type") == Some(&json!("object"))
            && schema.get("properties").is_some_and(Value::is_object)
            && composed.iter().all(|key| !schema.contains_key(*key));
        plain.then_some(own)
    }

    /// The members of the object at `schema` that `fits` is true of: name, whether it is required, schema.
    pub(crate) fn members(
        &mut self,
        schema: &str,
        fits: impl Fn(bool, &Map<String, Value>) -> bool,
    ) -> Vec<(String, String)> {
        let names: Vec<String> = self.at(schema)["properties"]
            .as_object()
            .expect("properties")
            .keys()
            .cloned()
            .collect();
        let mut found = Vec::new();
        for name in names.into_iter().filter(|name| is_plain_name(name)) {
            let required = self.requires(schema, &name);
            let Some(member) = self.own(&format!("{schema}/properties/{}", escaped(&name))) else {
                continue;
            };
            let member_schema = self.at(&member).clone();
            if is_simple(&member_schema) && fits(required, &member_schema) {
                found.push((name, member));
            }
        }
        found
    }

    pub(crate) fn requires(&mut self, schema: &str, name: &str) -> bool {
        let required = self.at(schema).get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|known| known == name))
    }

    /// Makes a member required or not.
    pub(crate) fn require(&mut self, schema: &str, name: &str, is: bool) {
        let schema = self.at(schema);
        let mut names = schema
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        names.retain(|known| known != name);
        if is {
            names.push(json!(name));
        }
        match names.is_empty() {
            true => schema.remove("required"),
            false => schema.insert("required".to_owned(), Value::Array(names)),
        };
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 50
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a schema is of one simple type, with nothing that says when it counts.
fn is_simple(schema: &Map<String, Value>) -> bool {
    let simple = ["string", "integer", "number", "boolean"];
    let beside = [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "nullable",
        "x-nullable",
        "readOnly",
        "writeOnly",
        "const",
        "content",
    ];
    schema
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| simple.contains(&name))
        && beside.iter().all(|key| !schema.contains_key(*key))
}
