include "lib";
start + [(.subject | key), (.verificationStatus | of_system("http://terminology.hl7.org/CodeSystem/condition-ver-status")),
  first_of(.clinicalStatus.coding[]?.code), first_of(.category[]?.coding[]?.code)] + (.code | chosen(snomed))
  + [(.onsetDateTime // .onsetPeriod.start), (.onsetDateTime // .onsetPeriod.start // .onsetString), .recordedDate]
