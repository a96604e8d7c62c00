include "lib";
start + [(.subject | key), .status, .intent] + (.medicationReference.display as $other | .medicationCodeableConcept | chosen(medicines) | .[2] //= $other)
  + [([.dosageInstruction[]?.text] | joined("; ")), .authoredOn]
