-- Rows that were shared are withheld now; each sum stays as it was.
select was.* replace (
    was.rows_out - coalesce(taken_out.count_rows, 0) as rows_out,
    was.withheld + coalesce(taken_out.count_rows, 0) as withheld)
from was_conservation as was
left join taken_out on was.stage in ('share', 'pseudonymise') and taken_out.dataset = was.table_name
order by was.stage, was.source, was.table_name
