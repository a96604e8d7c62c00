include "lib";
start + [.status] + (.code | chosen(medicines)) + labelled(empty)
