-- A case that a decision rests on stood its working days on its public notice, by the calendar as it is known now. Days
-- off that were entered too late show here.
WITH cleared AS (
  SELECT i.id, c.number, n.number AS notice, n.starts_on, n.working_days, relief.civil_day(i.closed_at) AS closed_on,
         EXISTS (SELECT FROM relief.objection b WHERE b.item = i.id) AS was_objected
  FROM relief.notice_item i JOIN relief.notice n ON n.id = i.notice
  JOIN relief.case_file c ON c.id = i.case_id AND c.notice_closed_at = i.closed_at
  WHERE i.state = 'cleared' AND c.approved_at IS NOT NULL
), span AS (
  SELECT s.starts_on, s.closed_on, relief.working_days(s.starts_on, s.closed_on - 1) AS days
  FROM (SELECT DISTINCT starts_on, closed_on FROM cleared) AS s
)
SELECT l.number, l.notice, l.starts_on, l.closed_on, span.days || ' of ' || l.working_days || ' working days' AS problem
FROM cleared l JOIN span USING (starts_on, closed_on)
WHERE span.days < l.working_days OR (l.was_objected AND relief.notice_end(l.id) >= l.closed_on);
