# What the readings of the views share. jq knows neither the engine nor our compiler.
def key_of(type): (.reference? // "") | (capture("^(?:.*/)?(?<type>[A-Za-z]+)/(?<id>[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$") | select(.type == type) | .id) // null;
def key: key_of("Patient");
def joined(separator): map(select(. != null)) | if length == 0 then null else join(separator) end;
def of_system(wanted): [.coding[]? | select(.system == wanted) | .code][0];
def chosen(wanted): . as $concept | [.coding[]?] as $all
  | ([$all[] | select(.system as $s | wanted | index($s))] + $all)[0]
  | [.code, .system, .display, $concept.text];
def named: ([.name[]? | select(.use == "official")] + [.name[]? | select(.use == "usual")] + [.name[]?])[0];
def first_of(f): [f | select(. != null)][0];
def snomed: ["http://snomed.info/sct"];
def medicines: ["https://dmd.nhs.uk", "http://snomed.info/sct"];
def start: [.id, .meta.lastUpdated];
def numbers: ["https://fhir.nhs.uk/Id/nhs-number", "http://fhir.nhs.uk/Id/nhs-number", "http://fhir.nhs.net/Id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1"];
def number: .identifier | if . != null and (.system as $s | numbers | index($s)) then .value else null end;
def who: [key, number];
def verified(known): [
    ([.coding[]? | select(.system as $s | known | index($s)) | .code] | joined(",")),
    (. != null and ([.coding[]? | select((.system as $s | known | index($s)) and .code)] | length == 0))];
def levels: ["http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "http://hl7.org/fhir/v3/Confidentiality"];
def labelled(parts): [
    ([.meta.security[]? | select(.system as $s | levels | index($s)) | .code] | joined(",")),
    ([.meta.security[]? | select((.system as $s | levels | index($s)) | not) | .code] | joined(",")),
    any(.meta.security[]?; .code == null),
    (.implicitRules != null or any(., parts; .modifierExtension != null))];
