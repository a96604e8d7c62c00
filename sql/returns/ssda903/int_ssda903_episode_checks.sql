-- grain: collection_year, period_of_care_id, span
-- reads: config.return_authority, config.return_periods, config.ssda903_codes, reference.postcodes,
--   ssda903_episodes, ssda903_header
-- why: Each episode of the return with the one before and the one after it of the same child, the
--   child's birth, and what the codes of the year and the postcode directory say: all that the
--   rules about episodes ask, in one place.
with codes as (
    select periods.year as collection_year, codes.field, codes.code
    from config.ssda903_codes as codes
    inner join config.return_periods as periods
        on periods.return_name = '903'
            and periods.year between coalesce(codes.first_year, 0) and coalesce(codes.last_year,
            9999)
),

ordered as (
    select
        episodes.*, header.dob, header.sex,
        lag(dec) over child_order as previous_dec, lag(rec) over child_order as previous_rec,
        lag(rne) over child_order as previous_rne,
        lag(ls) over child_order as previous_ls, lag(cin) over child_order as previous_cin,
        lag(place) over child_order as previous_place,
        lag(place_provider) over child_order as previous_provider,
        lag(urn) over child_order as previous_urn,
        lag(pl_post) over child_order as previous_pl_post,
        lag(decom) over child_order as previous_decom,
        lag(place, 2) over child_order as place_before_that,
        lag(decom, 2) over child_order as decom_before_that,
        lag(pl_post, 2) over child_order as pl_post_before_that,
        lag(reason_place_change) over child_order as previous_reason_place_change,
        lead(decom) over child_order as next_decom, lead(rne) over child_order as next_rne,
        lead(place) over child_order as next_place
    from ssda903_episodes as episodes
    left join ssda903_header as header
        on header.collection_year = episodes.collection_year
            and header.person_id = episodes.person_id
    window child_order as (
        partition by episodes.collection_year, episodes.person_id
        order by episodes.decom, episodes.period_of_care_id, episodes.span
    )
)

select
    ordered.*, periods.starts_on, periods.ends_on, periods.as_at, authority.ons_code,
    coalesce(ordered.ls in ('V3', 'V4'), false) as is_short_break,
    ordered.ls is null or ls_codes.code is not null as is_known_ls,
    ordered.cin is null or cin_codes.code is not null as is_known_cin,
    ordered.place is null or place_codes.code is not null as is_known_place,
    ordered.rec is null or rec_codes.code is not null as is_known_rec,
    ordered.place_provider is null or provider_codes.code is not null as is_known_provider,
    ordered.reason_place_change is null or change_codes.code is not null as is_known_change,
    exempt.code is not null as is_without_urn, unprovided.code is not null as is_without_provider,
    home.postcode is not null as is_known_home_post, placed.postcode is not null as is_known_pl_post
from ordered
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = ordered.collection_year
cross join config.return_authority as authority
left join codes as ls_codes
    on ls_codes.field = 'ls' and ls_codes.collection_year = ordered.collection_year
    and ls_codes.code = ordered.ls
left join codes as cin_codes
    on cin_codes.field = 'cin' and cin_codes.collection_year = ordered.collection_year
    and cin_codes.code = ordered.cin
left join codes as place_codes
    on place_codes.field = 'place' and place_codes.collection_year = ordered.collection_year
        and place_codes.code = ordered.place
left join codes as rec_codes
    on rec_codes.field = 'rec' and rec_codes.collection_year = ordered.collection_year
    and rec_codes.code = ordered.rec
left join codes as provider_codes
    on provider_codes.field = 'place_provider'
        and provider_codes.collection_year = ordered.collection_year
    and provider_codes.code = ordered.place_provider
left join codes as change_codes
    on change_codes.field = 'reason_place_change'
        and change_codes.collection_year = ordered.collection_year
    and change_codes.code = ordered.reason_place_change
left join codes as exempt
    on exempt.field = 'place_without_urn' and exempt.collection_year = ordered.collection_year
        and exempt.code = ordered.place
left join codes as unprovided
    on unprovided.field = 'place_without_provider'
        and unprovided.collection_year = ordered.collection_year and unprovided.code = ordered.place
left join reference.postcodes as home on home.postcode = fold_postcode(ordered.home_post)
left join reference.postcodes as placed on placed.postcode = fold_postcode(ordered.pl_post)
