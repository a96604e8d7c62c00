include "lib";
start + [(.subject | key), .status] + (.medicationReference.display as $other | .medicationCodeableConcept | chosen(medicines) | .[2] //= $other)
  + [([.dosage[]?.text] | joined("; ")), (.effectiveDateTime // .effectivePeriod.start), .dateAsserted]
