include "lib";
start + (.subject | who) + [.status, .class.code, (first_of(.type[]?.coding[]?.display) // first_of(.type[]?.text)),
  .period.start, .period.end, (.serviceProvider.display // .serviceProvider.reference)] + labelled(empty)
