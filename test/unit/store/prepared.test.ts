import { describe, expect, it } from 'vitest'
import { prepared, preparedValue } from '../../../src/store/prepared.ts'
import { tempStore } from '../../support/temp-store.ts'

const SQL = 'SELECT ? AS n'

describe('a statement that is kept', () => {
  it('is prepared once, and gives rows or values as it was asked for', () => {
    const { db } = tempStore()
    expect(prepared(db, SQL)).toBe(prepared(db, SQL))
    expect(prepared(db, SQL).get(1)).toEqual({ n: 1 })
    expect(preparedValue(db, SQL).get(2)).toBe(2)
    expect(prepared(db, SQL).get(3), 'the other one is none of its business').toEqual({ n: 3 })
    expect(preparedValue(db, SQL).all(4)).toEqual([4])
  })

  it('belongs to its connection', () => {
    const [one, other] = [tempStore().db, tempStore().db]
    expect(prepared(one, SQL).database).toBe(one)
    expect(prepared(other, SQL).database).toBe(other)
    one.close()
    expect(prepared(other, SQL).get(1)).toEqual({ n: 1 })
  })

  it('sees a table that has changed since', () => {
    const { db } = tempStore()
    db.exec('CREATE TABLE one (a)')
    db.exec('INSERT INTO one VALUES (1)')
    const all = 'SELECT * FROM one'
    expect(prepared(db, all).all()).toEqual([{ a: 1 }])
    db.exec('ALTER TABLE one ADD COLUMN b DEFAULT 2')
    expect(prepared(db, all).all()).toEqual([{ a: 1, b: 2 }])
  })
})
