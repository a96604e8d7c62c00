-- What was withheld before, and what is withheld now instead or beside it.
select was.* from was_withheld as was
anti join stopped on stopped.person_id = was.person_id and stopped.dataset = was.dataset
union all by name
select person_id, dataset, 'not_restricted' as gate, 'withheld_by_council' as reason, count_rows from stopped
order by person_id, dataset
