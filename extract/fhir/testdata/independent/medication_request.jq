include "lib";
start + (.subject | who) + [.status, .intent, .doNotPerform, (.medicationReference | key_of("Medication"))]
  + (.medicationReference.display as $other | .medicationCodeableConcept | chosen(medicines) | .[3] //= $other)
  + [([.dosageInstruction[]?.text] | joined("; ")), .authoredOn] + labelled(.dosageInstruction[]?)
