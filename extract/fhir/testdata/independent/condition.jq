include "lib";
start + (.subject | who) + (.verificationStatus | verified(["http://terminology.hl7.org/CodeSystem/condition-ver-status", "http://hl7.org/fhir/condition-ver-status"]))
  + [first_of(.clinicalStatus.coding[]?.code), first_of(.category[]?.coding[]?.code)] + (.code | chosen(snomed))
  + [(.onsetDateTime // .onsetPeriod.start), (.onsetDateTime // .onsetPeriod.start), .onsetString, .recordedDate] + labelled(empty)
