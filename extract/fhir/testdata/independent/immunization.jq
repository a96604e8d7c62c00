include "lib";
start + [(.patient | key), .status, (first_of(.statusReason.coding[]?.display) // .statusReason.text // first_of(.statusReason.coding[]?.code))]
  + (.vaccineCode | chosen(medicines)) + [.occurrenceDateTime]
