-- grain: collection_year, period_of_care_id, span
-- reads: casestore.dm_persons, config.return_periods, int_ssda903_ceased_reasons,
--   int_ssda903_home_posts, int_ssda903_locations, int_ssda903_needs, int_ssda903_new_reasons,
--   int_ssda903_place_changes, int_ssda903_placement_posts, int_ssda903_spans, int_ssda903_urns
-- publishes to: returns/ssda903_episodes
-- why: Every episode that was open at any time in the collection year; one that ended after the
--   year, or after the day up to which the year is known, is still open in it.
with shown as (
    select
        periods.year as collection_year, spans.*,
        case when spans.ended_on <= periods.as_at then spans.ended_on end as shown_ended_on
    from int_ssda903_spans as spans
    inner join config.return_periods as periods
        on periods.return_name = '903' and spans.started_on <= periods.as_at
        and (spans.ended_on is null or spans.ended_on >= periods.starts_on)
)

select
    shown.collection_year, shown.person_id, shown.period_of_care_id, shown.span,
    coalesce(text_of(people.ssda903_id), cast(shown.person_id as varchar)) as child,
    shown.started_on as decom, new_reasons.rne, shown.legal_status as ls, needs.cin,
    shown.placement_type as place, urns.place_provider, shown.shown_ended_on as dec,
    case when shown.shown_ended_on is not null then ceased.rec end as rec,
    case when shown.shown_ended_on is not null then changes.reason_place_change end
        as reason_place_change,
    homes.home_post, posts.pl_post, urns.urn,
    locations.placement_authority, locations.placement_location, locations.placement_distance,
    shown.placement_id, shown.placement_split_number, shown.legal_status_id, shown.carer_id,
    row_number() over (
        partition by shown.collection_year
        order by shown.person_id, shown.started_on, shown.period_of_care_id, shown.span
    ) as row_position
from shown
left join casestore.dm_persons as people on people.person_id = shown.person_id
inner join int_ssda903_new_reasons as new_reasons
    on new_reasons.period_of_care_id = shown.period_of_care_id and new_reasons.span = shown.span
inner join int_ssda903_ceased_reasons as ceased
    on ceased.period_of_care_id = shown.period_of_care_id and ceased.span = shown.span
inner join int_ssda903_place_changes as changes
    on changes.period_of_care_id = shown.period_of_care_id and changes.span = shown.span
inner join int_ssda903_urns as urns
    on urns.period_of_care_id = shown.period_of_care_id and urns.span = shown.span
inner join int_ssda903_needs as needs
    on needs.period_of_care_id = shown.period_of_care_id and needs.span = shown.span
left join int_ssda903_home_posts as homes
    on homes.period_of_care_id = shown.period_of_care_id and homes.first_span = shown.first_span
left join int_ssda903_placement_posts as posts
    on posts.period_of_care_id = shown.period_of_care_id and posts.stay = shown.stay
left join int_ssda903_locations as locations
    on locations.period_of_care_id = shown.period_of_care_id and locations.stay = shown.stay
