include "lib";
def current: .identifier[]? | select(((.system as $s | numbers | index($s)) or (.system == null and any(.type.coding[]?; .code == "NH" or .code == "NHS")))
  and .use != "old" and .period.end == null);
def status: .extension[]? | select(.url == "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus") | .valueCodeableConcept.coding[]?.code;
start + [
  ([current | .value] | joined(",")), [current | status][0],
  ([current | select(any(status; . == "01")) | .value] | joined(",")), ([current | select(.use == "official") | .value] | joined(",")),
  .active, any(.link[]?; .type == "replaced-by"),
  named.family, ([named.given[]?] | joined(" ")),
  .birthDate, .birthDate, .gender,
  first_of(.address[]? | select(.use != "old") | .postalCode),
  .deceasedDateTime, (if .deceasedDateTime then true else .deceasedBoolean end)] + labelled(empty)
