# Makes the synthetic people of the demo: households with a student each, as the columns of `relief household import`.
# Every identity number and card number is valid by its check digit and belongs to nobody.
# Usage: awk -f numbers.awk -f people.awk -v count=93 -v folder=DIR (the students' numbers go to DIR/students.txt)

BEGIN {
  families = split("马 韩 李 王 张 刘 陈 杨 赵 冶 祁 星 鲍 才 铁 何", family, " ")
  firsts = split("建国 秀英 玉梅 海军 桂兰 文斌 国庆 小燕 永福 春花 世清 占林", first, " ")
  children = split("雨欣 浩然 子涵 思源 佳怡 明哲 若兰 俊杰 雪婷 志远 晓东 梦琪", child, " ")
  print "户号,姓名,身份证号,手机,关系,户名,开户行,联行号,账号"
  for (n = 1; n <= count; n++) {
    name = family[n % families + 1] first[n % firsts + 1]
    student = family[n % families + 1] child[n % children + 1]
    parent = identity(630102, 1970 + n % 12, n % 12 + 1, n % 28 + 1, 100 + n)
    born = identity(630103, 2005 + n % 4, n % 12 + 1, n % 27 + 1, 300 + n)
    printf "%d,%s,%s,139%08d,户主,,,,\n", n, name, parent, 71000000 + n
    printf "%d,%s,%s,,子女,%s,中国工商银行西宁分行,102851000013,%s\n", n, student, born, student, card(9000 + n)
    print born > (folder "/students.txt")
  }
}
