# Makes the education round of the demo: 73 undergraduates, 16 at junior college, 4 at senior high school, as the columns
# of `relief case import` for programme P04. Reads the students' identity numbers, one a line.
BEGIN { print "身份证号,学段,学校,全日制,新生,学费,定向生、免费师范生或军校生,已获政府或社会资助" }
{
  stage = NR <= 73 ? "undergraduate" : NR <= 89 ? "college" : "seniorHigh"
  school = NR <= 73 ? "青海大学" : NR <= 89 ? "青海职业技术学院" : "西宁市第五中学"
  printf "%s,%s,%s,是,%s,%d.00,否,否\n", $1, stage, school, NR % 3 ? "否" : "是", 3800 + NR * 10
}
