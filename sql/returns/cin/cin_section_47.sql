-- grain: collection_year, workflow_step_id, person_id
-- reads: int_cin_counted, int_working_days
-- publishes to: returns/cin_section_47
-- why: section 47 enquiries of a census; the initial conference is due within fifteen working days
--   of their start
select
    counted.collection_year,
    counted.person_id,
    counted.referral_id,
    counted.source_id as workflow_step_id,
    counted.started_on,
    due.day as conference_due_on,
    counted.conference_on,
    counted.is_without_conference as is_conference_not_required
from int_cin_counted as counted
inner join int_working_days as begun on begun.day = counted.started_on
inner join int_working_days as due on due.up_to = begun.up_to + 15 and due.is_working
where counted.kind = 'section_47'
