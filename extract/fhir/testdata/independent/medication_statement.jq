include "lib";
start + (.subject | who) + [.status, (.medicationReference | key_of("Medication"))]
  + (.medicationReference.display as $other | .medicationCodeableConcept | chosen(medicines) | .[3] //= $other)
  + [([.dosage[]?.text] | joined("; ")), (.effectiveDateTime // .effectivePeriod.start), .dateAsserted] + labelled(.dosage[]?)
