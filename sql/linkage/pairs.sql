-- The candidate pairs of one rule, without those that an earlier rule has brought: a union of
-- joins, each excluding the earlier. One slice of the left records at a time, so that memory is
-- bounded. Beside a last linkage only pairs of which one record is fresh.
create or replace table linkage.pairs as
{{- if .Fresh}}
{{template "pairs_where" (.Where "x.is_fresh")}}
union all
{{template "pairs_where" (.Where "not x.is_fresh and y.is_fresh")}};
{{- else}}
{{template "pairs_where" .}};
{{- end}}
{{- define "pairs_where"}}select {{if .Distinct}}distinct {{end}}x.r as a, y.r as b
from linkage.keys x
join linkage.keys y on x.k{{.K}} = y.k{{.K}}
where {{if .Dedupe}}x.r < y.r{{else}}x.side = 0 and y.side = 1{{end}}
{{- if .And}}
  and {{.And}}
{{- end}}
{{- range .Earlier}}
  and coalesce(x.k{{.}} <> y.k{{.}}, true)
{{- end}}
{{- if gt .Slices 1}}
  and hash(x.r) % {{.Slices}} = {{.Slice}}
{{- end}}
{{- end}}
