-- grain: return_name, collection_year, rule_code, position
-- reads: config.return_rules, int_annex_a_findings, int_cin_findings, int_cld_findings,
--   int_return_step_findings, int_return_workers, int_ssda903_findings
-- publishes to: returns/return_findings
-- holds: findings
-- why: What would be wrong with each return if it were submitted now, one line a cause: the rule,
--   the record that causes it, and who can mend it. Only rules in force in the collection year
--   speak.
with found as (
    select
        return_name, collection_year, rule_code, person_id, event_reference, source_table,
        source_key, field, rows_affected
    from int_ssda903_findings
    union all
    select
        return_name, collection_year, rule_code, person_id, event_reference, source_table,
        source_key, field, rows_affected
    from int_cld_findings
    union all
    select
        return_name, collection_year, rule_code, person_id, event_reference, source_table,
        source_key, field, rows_affected
    from int_cin_findings
    union all
    select
        return_name, collection_year, rule_code, person_id, event_reference, source_table,
        source_key, field, rows_affected
    from int_annex_a_findings
    union all
    select
        return_name, collection_year, rule_code, person_id, event_reference, source_table,
        source_key, field, rows_affected
    from int_return_step_findings
)

select
    found.return_name, found.collection_year, found.rule_code, rules.severity, rules.words,
    found.person_id, found.event_reference, found.source_table, found.source_key, found.field,
    workers.worker_id, workers.worker_name, workers.team_id, workers.team_name, found.rows_affected,
    row_number() over (
        partition by found.return_name, found.collection_year, found.rule_code
        order by found.person_id, found.source_table, found.source_key, found.event_reference,
            found.field
    ) as position
from found
inner join config.return_rules as rules
    on rules.return_name = found.return_name and rules.rule_code = found.rule_code
    and found.collection_year between coalesce(rules.first_year, 0) and coalesce(rules.last_year,
        9999)
left join int_return_workers as workers on workers.person_id = found.person_id
