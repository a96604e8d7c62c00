-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key, field
-- reads: int_cin_assessment_findings, int_cin_case_findings, int_cin_child_findings,
--   int_cin_enquiry_findings, int_cin_outside_findings, int_cin_plan_findings
-- why: what the rules of the census of children in need find, all families of rules together
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_child_findings
union all
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_case_findings
union all
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_assessment_findings
union all
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_enquiry_findings
union all
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_plan_findings
union all
select return_name, collection_year, rule_code, person_id, event_reference, source_table,
    source_key, field, rows_affected from int_cin_outside_findings
