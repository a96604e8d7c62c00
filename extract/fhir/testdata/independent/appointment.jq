include "lib";
start + [first_of(.participant[]?.actor | key), first_of(.participant[]?.actor | number), .status,
  any(.participant[]? | select(.status == "declined") | .actor; key != null or number != null),
  (first_of(.serviceType[]?.coding[]?.display) // first_of(.serviceType[]?.text) // .description), .start, .end] + labelled(.participant[]?)
