include "lib";
start + (.patient | who) + (.verificationStatus | verified(["http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "http://hl7.org/fhir/allergy-verification-status"]))
  + [first_of(.clinicalStatus.coding[]?.code), .criticality] + (.code | chosen(snomed)) + [.recordedDate] + labelled(empty)
