import { describe, expect, it } from 'vitest';
import { configFromContext } from '../../lib/config.ts';

describe('the context', () => {
  it('gives the object of cdk.json, and over it each key of the command line', () => {
    const context = {
      'cvpn-audit': { interval: 5, retention: 'forever' },
      'cvpn-audit:interval': '10',
      'cvpn-audit:alarmEmail': 'audit@example.org',
      '@aws-cdk/core:checkSecretUsage': true,
    };
    expect(configFromContext(context)).toEqual({
      interval: '10',
      retention: 'forever',
      alarmEmail: 'audit@example.org',
    });
  });

  it('may say nothing', () => {
    expect(configFromContext({})).toEqual({});
  });

  it('is refused where it is a list', () => {
    expect(() => configFromContext({ 'cvpn-audit': ['interval'] })).toThrow('got ["interval"]; expected an object');
  });

  it('is refused where it is not an object, with how to give one key', () => {
    expect(() => configFromContext({ 'cvpn-audit': 'interval=10' })).toThrow(
      /got "interval=10"; expected an object.*-c cvpn-audit:interval=10/,
    );
  });
});
