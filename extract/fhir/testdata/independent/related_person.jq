include "lib";
start + [(.patient | key), ([.relationship[]?.coding[]?.code] | joined(",")), named.family, ([named.given[]?] | joined(" ")),
  first_of(.telecom[]? | select(.system == "phone") | .value)]
