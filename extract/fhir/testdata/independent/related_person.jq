include "lib";
start + (.patient | who) + [([.relationship[]?.coding[]?.code] | joined(",")), named.family, ([named.given[]?] | joined(" ")),
  first_of(.telecom[]? | select(.system == "phone") | .value)]
