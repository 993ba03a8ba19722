/**
 * The fields of /proc/<pid>/stat by their numbers in proc_pid_stat(5), from 3 on; undefined where there are not so many. The
 * program's name, before them, may hold anything, spaces and parentheses included.
 */
export function statField(stat: string): (number: number) => string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (number) => fields[number - 3]
}
