# What the readings of the views share. jq knows neither the engine nor our compiler.
def key: (.reference? // "") | (capture("^(?:.*/)?Patient/(?<id>[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$") | .id) // null;
def joined(separator): map(select(. != null)) | if length == 0 then null else join(separator) end;
def of_system(wanted): [.coding[]? | select(.system == wanted) | .code][0];
def chosen(wanted): . as $concept | [.coding[]?] as $all
  | ([$all[] | select(.system as $s | wanted | index($s))] + $all)[0]
  | [.code, .system, (.display // $concept.text)];
def named: ([.name[]? | select(.use == "official")] + [.name[]? | select(.use == "usual")] + [.name[]?])[0];
def first_of(f): [f | select(. != null)][0];
def snomed: ["http://snomed.info/sct"];
def medicines: ["https://dmd.nhs.uk", "http://snomed.info/sct"];
def start: [.id, .meta.lastUpdated];
