include "lib";
start + [first_of(.participant[]?.actor | key), first_of(.participant[]?.actor | number), .status,
  any(.participant[]?; .status == "declined"), ([.participant[]? | select(.status == "declined") | .actor.reference] | joined(",")),
  (first_of(.serviceType[]?.coding[]?.display) // first_of(.serviceType[]?.text) // .description), .start, .end] + labelled(.participant[]?)
