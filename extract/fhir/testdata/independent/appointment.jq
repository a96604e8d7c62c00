include "lib";
start + [first_of(.participant[]?.actor | key), .status,
  (first_of(.serviceType[]?.coding[]?.display) // first_of(.serviceType[]?.text) // .description), .start, .end]
