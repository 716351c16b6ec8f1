import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely'

/** Columns that hold whole numbers. PostgreSQL's `bigint` and `count(*)` come as text, SQLite's as numbers. */
const NUMBER =
  /^(?:n|number|readable|at|rev|seq|floor|counter|deleted|halted|recorded|void_below|\w+_(?:at|seq|step|n))$/

/** Whole numbers are numbers, whichever database they come from. */
export class NumbersPlugin implements KyselyPlugin {
  transformQuery(args: PluginTransformQueryArgs): RootOperationNode {
    return args.node
  }

  async transformResult(args: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    for (const row of args.result.rows)
      for (const [name, value] of Object.entries(row))
        if (typeof value === 'string' && NUMBER.test(name)) row[name] = Number(value)
    return args.result
  }
}
