include "lib";
def current: .identifier[]? | select(.system == "https://fhir.nhs.uk/Id/nhs-number" and .use != "old");
start + [
  [current | .value][0],
  [current | .extension[]? | select(.url == "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus") | .valueCodeableConcept.coding[]?.code][0],
  named.family, ([named.given[]?] | joined(" ")),
  (.birthDate // "" | if length == 10 then . else null end), .gender,
  first_of(.address[]? | select(.use != "old") | .postalCode),
  .deceasedDateTime, (if .deceasedDateTime then true else .deceasedBoolean end),
  ([.meta.security[]?.code] | joined(","))]
