include "lib";
start + [(.patient | key), (.verificationStatus | of_system("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification")),
  first_of(.clinicalStatus.coding[]?.code), .criticality] + (.code | chosen(snomed)) + [.recordedDate]
