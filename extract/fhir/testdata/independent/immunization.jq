include "lib";
start + (.patient | who) + [.status, (first_of(.statusReason.coding[]?.display) // .statusReason.text // first_of(.statusReason.coding[]?.code)), .isSubpotent]
  + (.vaccineCode | chosen(medicines)) + [.occurrenceDateTime] + labelled(empty)
